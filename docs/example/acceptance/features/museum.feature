Feature: Opening hours

  Scenario: A visitor asks on a Monday
    Given the museum is closed on Monday
    And an embedded endpoint whose first word takes 300 ms
    And the endpoint answers "We are closed on Mondays, I am sorry."
    When I say "Are you open today?"
    Then the reply contains "closed"
    And the first word comes within 300 ms
