@slo
Feature: Objectives are met, missed, or not known
  A promise about time is a number with a verdict. No data is no pass.

  Background:
    Given this scenario:
      """
      variable "limit" {
        default = "500ms"
      }
      endpoint "aim" {
        simulator {
          ttft = "200ms"
          itl  = "10ms"
        }
      }
      conversation "ask" {
        turn "question" {
          user = "What is the capital of France?"
          assert {
            condition     = length(response.text) > 0
            error_message = "There was no answer."
          }
        }
      }
      conversation "never" {
        turn "question" {
          user = "Nobody asks this."
        }
      }
      slo "interactive" {
        objective "ttft" {
          value = p(metric.ttft, 95)
          max   = var.limit
        }
      }
      slo "certain" {
        objective "goodput" {
          value      = goodput(metric.ttft < duration(var.limit))
          min        = 0.5
          confidence = 0.95
        }
      }
      slo "ten" {
        objective "ttft" {
          value       = p(metric.ttft, 50)
          max         = "1s"
          min_samples = 10
        }
      }
      """

  Scenario: An objective holds
    When the conversation "ask" runs
    Then the SLO "interactive" holds
    And the SLO "interactive/ttft" holds
    And all assertions hold
    And the run is valid

  Scenario: An objective is missed
    Given the variable "limit" is "100ms"
    When the conversation "ask" runs
    Then the SLO "interactive" fails
    And the exit code is 99
    And the verdict is fail

  Scenario: Too few turns are no data
    When the conversation "ask" runs
    Then the SLO "ten" has no data
    And the verdict is inconclusive
    And the exit code is not 0

  Scenario: One turn proves nothing
    When the conversation "ask" runs
    Then the SLO "certain" is inconclusive

  Scenario: The limits come from variables
    Given these variables:
      | name  | value |
      | limit | 199ms |
    When the scenario runs
    Then the SLO "interactive" fails
    And the verdict is not pass
