Feature: The robot at the reception
  As the manager of a small hotel I want the robot at the desk to help my guests quickly and politely, so that nobody
  waits at night.

  Background:
    Given an embedded endpoint whose first word takes 300 ms
    And an embedded robot
    And the endpoint answers in turn of what is said:
      | said      | answer                                        |
      | breakfast | Breakfast is from 7 to 10 on the first floor. |
      | wifi      | The password is on your key card.             |
      | late      | Of course, check-out is at noon on Sundays.   |

  Scenario: A guest asks for breakfast and wifi
    When this conversation is held:
      | I ask                                | the reply contains  |
      | When is breakfast?                   | 7 to 10             |
      | And what is the wifi password?       | key card            |
    Then in every turn the first word comes within 1 s
    And in every turn the reply has at most 1 sentence
    And the reply mentions none of "unfortunately" and "cannot"

  Scenario: The robot greets with its body
    When I ask "May I check out late?"
    Then the reply contains "Noon"
    And the robot nods
    And the first movement comes before the first word
    And the robot stays within its limits

  Scenario: A tired guest interrupts
    When I say "Can I have breakfast early, and where would that be?"
    And I say "Never mind. What is the wifi password?" while it is still speaking
    Then it is silent within 300 ms of the interruption
    And the reply mentions all of "password" and "key card"

  Scenario: Twenty guests arrive with the bus
    When 20 users hold the conversation "talk" for 10 seconds
    Then the p95 of ttft is under 1 s
    And no turn fails

  Scenario: The night porter unplugs the robot
    When I say "When is breakfast?"
    And the robot is lost
    And I say "And the wifi?"
    Then the reply contains "key card"
    And the screen shows "robot is lost"
