@edge
Feature: Answers for programs
  A program that reads the answer wants JSON and calls of functions, in the form that was agreed.

  Background:
    Given an embedded endpoint

  Scenario: A booking as JSON
    Given the endpoint answers:
      """json
      {"guest": {"name": "Ada", "nights": 2}, "rooms": [12, 14], "paid": false}
      """
    When I say "Book rooms 12 and 14 for Ada, two nights. Answer as JSON."
    Then the reply is JSON
    And the reply is JSON in which "guest.name" is "Ada"
    And the reply is JSON in which "rooms.0" is "12"
    And the reply is JSON in which "paid" is not "true"
    And the reply is JSON with:
      """json
      {"guest": {"nights": 2}, "rooms": [12, 14]}
      """
    And the reply is not JSON with:
      """json
      {"guest": {"nights": 3}}
      """
    And the reply satisfies the schema:
      """json
      {
        "type": "object",
        "required": ["guest", "rooms"],
        "properties": {"rooms": {"type": "array", "items": {"type": "integer"}}}
      }
      """

  Scenario: Words around the JSON are none
    Given the endpoint answers "Here you are: {\"room\": 12}"
    When I say "Book room 12. Answer as JSON."
    Then the reply is not JSON
    And the reply matches "\\{.*\\}"
    And the reply does not satisfy the schema:
      """
      {"type": "object"}
      """

  Scenario: A yes is only a yes
    Given the endpoint answers "Yes."
    When I say "Is room 12 free? Answer with yes or no."
    Then the reply is "Yes."
    And the reply is not "No."
    And the reply does not match "(?i)maybe"

  Scenario: A function is called with its arguments
    Given the scenario "../scenarios/tools.hcl"
    When the conversation "sum" runs
    Then the reply calls the tool "add"
    And the reply calls the tool "add" with:
      """json
      {"a": 2, "b": 3}
      """
    And the reply does not call the tool "add" with:
      """json
      {"a": 4}
      """
    And the reply does not call the tool "subtract"
    And the reply contains "5"
