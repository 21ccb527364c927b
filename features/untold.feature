Feature: What a judge cannot tell is no pass

  Background:
    Given this scenario:
      """
      endpoint "aim" {
        simulator {}
      }
      endpoint "judge" {
        simulator {
          reply {
            text = "Ten out of ten, I would say!"
          }
        }
      }
      rubric "polite" {
        endpoint = endpoint.judge
        criteria = "It is polite."
        votes    = 3
      }
      conversation "talk" {
        endpoint = endpoint.aim
        turn "greet" {
          user = "Hello!"
          assert {
            condition     = try(rubric.polite.met, true)
            error_message = "It is rude."
          }
        }
      }
      """

  Scenario: A run in which nothing failed is inconclusive
    When the scenario runs
    Then the verdict is inconclusive
    And the exit code is 97
    And the screen shows "1 of 1 assertion inconclusive"
    But the turn succeeds
