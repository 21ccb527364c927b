@edge @security
Feature: Secrets stay secret
  The key of an endpoint is nobody's business: it is in no screen, log, record, report or saved file, whoever sends it back.

  Background:
    Given an embedded endpoint
    And the API key "sk-very-secret-0123456789"

  Scenario: A talk gives no key away
    When I say "Hello!"
    And I type "/history"
    And I type "/save talk.hcl"
    Then the turn succeeds
    And no artefact contains "sk-very-secret-0123456789"

  Scenario: An endpoint that says the key gives none away
    Given the endpoint answers "Your key is sk-very-secret-0123456789, is it not?"
    When I say "What is my key?"
    And I type "/save talk.hcl"
    Then no artefact contains "sk-very-secret-0123456789"
    And the screen shows "(sensitive)"

  Scenario: A run gives no key away
    Given the scenario "../scenarios/steady.hcl"
    And the endpoint answers "Your key is sk-very-secret-0123456789, is it not?"
    When the load "day" runs
    Then no artefact contains "sk-very-secret-0123456789"
    And an artefact contains "steady"

  Scenario: A sensitive variable is shown nowhere
    Given this scenario:
      """
      variable "room_code" {
        type      = string
        sensitive = true
      }
      endpoint "aim" {
        simulator {}
      }
      conversation "guest" {
        turn "open" {
          user = "The code is ${var.room_code}."
        }
      }
      """
    And the variable "room_code" is "4711-0815"
    When the conversation "guest" runs
    Then no artefact contains "4711-0815"
    And the turn succeeds
