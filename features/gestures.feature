@edge @robot
Feature: The robot shows what it hears and says
  A Reachy Mini shows at once that it has heard, nods to a yes, shakes its head to a no, and breathes while nothing is said.

  Background:
    Given an embedded endpoint
    And an embedded robot

  Scenario: It reacts before it answers
    Given an embedded endpoint whose first word takes 500 ms
    When I say "Hello! Who are you?"
    Then the robot performed "ack"
    And the first movement comes before the first word
    And the first movement comes within 300 ms of the prompt

  Scenario: It thinks where an answer takes long
    Given an embedded endpoint whose first word takes 3 s
    And the endpoint takes 200 ms for a word
    When I say "What is the meaning of life?"
    Then the robot performed "thinking" before the reply ended

  Scenario Outline: The gesture fits the words
    Given the endpoint answers "<answer>"
    When I say "What do you think?"
    Then the robot performed "<gesture>"

    Examples:
      | answer                        | gesture   |
      | Yes, of course.               | nod       |
      | No, that is wrong.            | no        |
      | That is fantastic!            | excited   |
      | What do you mean?             | curious   |
      | Perhaps, it depends.          | confused  |

  Scenario: A yes is a nod and a no is none
    Given the endpoint answers in turn of what is said:
      | said | answer                 |
      | two  | Yes, two is even.      |
      | .*   | No, that one is odd.   |
    When I say "Is two even?"
    And I say "Is three even?"
    Then in the turn "1" the robot nods
    And the robot does not nod

  Scenario: The model moves the robot
    Given the endpoint calls the tool "wave"
    When I say "Please wave to the guests."
    Then the reply calls the tool "wave"
    And the robot performed "greeting"

  Scenario: It wakes when it is spoken to
    Given the robot is asleep
    And an embedded endpoint whose first word takes 900 ms
    When I say "Good morning!"
    Then the robot woke before it answered
    And the robot is awake

  Scenario: It lies down when it is told to
    When I type "/sleep"
    And there is silence for 5 s
    Then the robot is asleep
    And the robot keeps still

  Scenario: It breathes while nothing is said
    When there is silence for 10 s
    Then the robot breathes

  Scenario: It stays within its limits whatever it does
    When I type "/gesture excited"
    And I say "Hello!"
    And I type "/gesture no"
    Then the robot stays within its limits
    And the screen shows "excited: done"

  Scenario: A cut stops the movement
    Given the endpoint takes 200 ms for a word
    And an embedded endpoint whose first word takes 2 s
    When I say "Tell me a long story about a robot and a lighthouse, please."
    And I say "Stop!" while it is still speaking
    Then it is silent within 300 ms of the interruption

  @scenarios
  Scenario: The gestures of the scenario that ships are done
    Given the scenario "../scenarios/gestures.hcl"
    When the scenario runs
    Then all assertions hold
    And the verdict is pass
    And the robot stays within its limits
