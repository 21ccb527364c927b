@real
Feature: The real thing
  The same sentences, with the endpoint at AIM_BASE_URL and the robot behind the daemon at REACHY_DAEMON_URL.

  Rule: A real model

    Background:
      Given the endpoint of the environment
      And the environment has "AIM_MAX_TOKENS" as "24"
      And a reply may take 60 s

    Scenario: It answers
      When I say "Say the word hello."
      Then the turn succeeds
      And the first word comes within 30 s
      And the screen shows "Say the word hello."

    Scenario: It can be interrupted
      When I say "Count from one to one hundred in words, slowly."
      And I say "Stop. Say only: yes." while it is still speaking
      Then it is silent within 10 s of the interruption

    Scenario: It remembers the talk
      When I say "My name is Ada."
      And I say "Say my name."
      And I type "/history"
      Then the turn succeeds
      And the screen shows "My name is Ada."

    Scenario: It mostly answers
      When I say "Say the word yes."
      Then in at least 2 of 3 tries the turn succeeds

  Rule: A real robot

    Background:
      Given an embedded endpoint whose first word takes 500 ms
      And the endpoint answers "Yes, of course."
      And the robot of the environment

    Scenario: It nods to a yes
      When I type "/wake"
      And I say "Can you hear me?"
      Then the robot performed "nod"
      And the prompt comes before the first movement
      And the robot stays within its limits

    Scenario: It wakes when it is spoken to
      Given the robot is asleep
      When I say "Good morning!"
      Then the robot is awake
      And the turn succeeds
