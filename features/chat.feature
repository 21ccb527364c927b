@edge
Feature: Talking with the assistant
  A person at a terminal gets an answer to what they say, soon and in words.

  Background:
    Given an embedded endpoint

  Scenario: An answer comes
    Given the endpoint answers "Paris is the capital of France."
    When I say "What is the capital of France?"
    Then the reply contains "Paris"
    And the reply does not contain "Berlin"
    And the first word comes within 800 ms
