@load
Feature: A gate for releases
  Before a release, as many users as there will be talk to the endpoint at once. The release goes out where they wait no
  longer than was promised.

  Background:
    Given an embedded endpoint whose first word takes 200 ms
    And the endpoint takes 10 ms for a word

  Rule: Enough room

    Scenario: Fifty users are served in time
      Given this scenario:
        """
        endpoint "aim" {
          simulator {}
        }
        conversation "ask" {
          turn "question" {
            user          = "Tell me something about number ${iteration}."
            output_tokens = 20
          }
        }
        """
      When 50 users hold the conversation "ask" for 10 s
      Then the p95 of ttft is under 500 ms at 50 users
      And the p99 of e2e is under 1 s
      And at most 0 % of the turns fail
      And the metric output_rate is at least 100
      And the run is valid
      And the exit code is 0

    Scenario: Five guests a second arrive
      Given the scenario "../scenarios/mix.hcl"
      When 5 conversations "chat" a second begin for 10 s
      Then the median of ttft is under 250 ms
      And the metrics page has "aimbench_requests_total"

    Scenario: The steady load that ships passes
      Given the scenario "../scenarios/steady.hcl"
      When the load "day" runs
      Then the verdict is pass
      And the screen shows "PASS"

  Rule: Too little room

    Scenario: A server with four places makes fifty users wait
      Given this scenario:
        """
        endpoint "aim" {
          simulator {}
        }
        conversation "ask" {
          turn "question" {
            user          = "Tell me something about number ${iteration}."
            output_tokens = 20
          }
        }
        """
      And the endpoint serves 4 at once
      When 50 users hold the conversation "ask" for 10 s
      Then the p95 of ttft is not under 500 ms
      And the metric request_rate is not at least 20

    Scenario: A server that refuses a fifth of the users
      Given the scenario "../scenarios/steady.hcl"
      And the endpoint fails with http_503 in 20 % of the requests
      When the load "day" runs
      Then more than 1 % of the turns fail
