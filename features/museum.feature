Feature: A guide in a museum
  Visitors ask where things are. The guide answers briefly, moves while it thinks, and lets itself be interrupted.
  This was written from `aimbench test --steps` alone.

  Background:
    Given an embedded endpoint whose first word takes 300 ms
    And the endpoint takes 20 ms for a word
    And the endpoint answers in turn of what is said:
      | said        | answer                                                                                                     |
      | (?i)mummies | The mummies are in room 12, on the second floor. Take the lift on your left.                               |
      | (?i)toilet  | The nearest toilet is next to the cloakroom.                                                               |
      | (?i)closing | We close at 6 in the evening. The last entry is half an hour before that, and the shop stays open until 7. |
    And an embedded robot

  Scenario: A visitor looks for the mummies
    When I say "Where are the mummies?"
    Then the reply mentions all of "room 12", "second floor" and "left"
    And the reply has at most 2 sentences
    And the first word comes within 500 ms
    And the reply is whole within 2 s
    And the robot performed "ack"
    And the first movement comes before the first word
    And the robot stays within its limits

  Scenario: A visitor is in a hurry
    When I say "When are you closing?"
    And I say "Where is the toilet?" while it is still speaking
    Then it is silent within 300 ms of the interruption
    And the reply mentions any of "cloakroom", "basement"
    But in the turn "1" the reply does not contain "shop"

  Scenario: A visitor asks when the museum closes
    When I say "When are you closing?"
    Then the reply names a number within 0 of 6
    And the reply mentions none of "Monday", "ticket"

  Scenario: The model is gone for a while
    When I say "Where are the mummies?"
    And the endpoint fails with http_503
    And I say "Where is the toilet?"
    Then the turn fails with http_5xx
    And the screen shows "503"
    When the endpoint recovers
    And I say "Where is the toilet?"
    Then the turn succeeds
    And the robot did not perform "no"

  Scenario: The museum is full
    Given the scenario "../scenarios/steady.hcl"
    When 20 users hold the conversation "ask" for 10 s
    Then the p95 of ttft is under 1 s
    And at most 1 % of the turns fail
    And the run is valid
