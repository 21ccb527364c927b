@edge @robot
Feature: A robot that is lost
  The network of a robot is what it is. A talk goes on without the robot, says so, and has it back when it is back.

  Background:
    Given an embedded endpoint
    And an embedded robot

  Scenario: The talk goes on
    When I say "Hello!"
    And the robot is lost
    And I say "Are you still there?"
    Then the turn succeeds
    And the first word comes within 500 ms
    And the robot did not perform "ack"
    And the screen shows "the robot is lost"

  Scenario: The robot comes back
    When I say "Hello!"
    And the robot is lost
    And the robot is back
    And there is silence for 3 s
    And I say "Welcome back!"
    Then the robot is awake
    And the robot performed "ack"
    And the screen shows "the robot is back"

  Scenario: A robot that was never there
    Given the robot is lost
    When I say "Is anybody there?"
    Then the turn succeeds
    And the robot is lost

  Scenario: A run without its robot says so
    Given the robot is lost
    And the scenario "../scenarios/smoke.hcl"
    When the conversation "smoke" runs
    Then the turn succeeds
    And the robot did not perform "nod"
