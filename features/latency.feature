@edge @slo
Feature: Answers come soon
  Nobody waits for an assistant for long. The limit of a talk is what E2E_SLO_MS says, and every turn counts.

  Scenario Outline: How soon the first word comes
    Given an embedded endpoint whose first word takes <latency>
    When I say "Are you there?"
    Then the first word <comes> within 800 ms

    Examples:
      | latency | comes         |
      | 200 ms  | comes         |
      | 500 ms  | comes         |
      | 1.2 s   | does not come |

  Scenario: The whole answer is there in time
    Given an embedded endpoint whose first word takes 200 ms
    And the endpoint takes 20 ms for a word
    And the endpoint answers "Yes, I am here and I can hear you."
    When I say "Are you there?"
    Then the reply is whole within 2.5 s
    And the reply is not whole within 250 ms
    And the first word comes before the end of the reply
    And the end of the reply comes within 500 ms of the first word

  Scenario: Turns that keep to the limit are counted
    Given an embedded endpoint whose first word takes 200 ms
    And the environment has "E2E_SLO_MS" as "900"
    When I say "Are you there?"
    And I say "And now?"
    Then the metrics page has "aimbench_edge_slo_total" at 2
    And the metrics page has "outcome=\"within\""
    And the metrics page has "aimbench_edge_slo_seconds" at 0.9

  Scenario: Most answers come soon though some do not
    Given an embedded endpoint
    And the endpoint fails with http_503 in 20 % of the requests
    When I say "Are you there?"
    Then in at least 6 of 10 tries the turn succeeds
