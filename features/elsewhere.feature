Feature: Endpoints and robots elsewhere
  A scenario names where the endpoint and the robot are; a feature may say otherwise.

  Background:
    Given this scenario:
      """
      endpoint "stable" {
        simulator {
          reply {
            text = "I am the stable one."
          }
        }
      }
      endpoint "canary" {
        simulator {
          reply {
            text = "I am the canary."
          }
        }
      }
      tool "get_weather" {
        result = "sunny in ${call.arguments.city}"
      }
      conversation "visitor" {
        endpoint = endpoint.stable
        turn "who" {
          user = "Who are you?"
        }
      }
      conversation "guest" {
        endpoint = endpoint.stable
        system   = "You are the concierge."
        tools    = [tool.get_weather]
        turn "who" {
          user = "Who are you?"
        }
      }
      """

  Scenario: The canary is asked
    Given the endpoint named "canary"
    When the conversation "visitor" runs
    Then in the turn "who" the reply contains "canary"

  Scenario: A person talks in the second conversation
    Given the talk is the conversation "guest"
    When I say "Who are you?"
    And I type "/system"
    Then the reply is "I am the stable one."
    And the screen shows "You are the concierge."

  Scenario: The model asks for the weather
    Given the talk is the conversation "guest"
    And the endpoint calls the tool "get_weather" with:
      """json
      {"city": "Paris"}
      """
    When I say "How is the weather in Paris?"
    Then the reply calls the tool "get_weather"
    And the reply contains "sunny in Paris"

  Scenario: An endpoint that is broken from the start
    Given the endpoint fails with http_500
    When the conversation "visitor" runs
    Then the turn fails with http_5xx
    And the exit code is 98

  @realtime
  Scenario: An endpoint where nobody is
    Given the endpoint at "http://127.0.0.1:1"
    When I say "Is anybody there?"
    Then the turn fails with dial

  @realtime
  Scenario: A robot where nobody is
    Given the robot at "http://127.0.0.1:1"
    When I say "Who are you?"
    Then the turn succeeds
    And the robot is lost

  @realtime @voice
  Scenario: The robot says what it answers
    Given this scenario:
      """
      robot "reachy" {
        simulator {}
      }
      conversation "aloud" {
        endpoint = endpoint.stable
        robot    = robot.reachy
        speak    = true
        turn "who" {
          user = "Who are you?"
        }
      }
      """
    And the talk is the conversation "aloud"
    When I say "Who are you?"
    Then the robot speaks
    And the first sound comes before the last sound
