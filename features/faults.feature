@edge @faults
Feature: An endpoint that breaks
  Whatever an endpoint does, a person is told what went wrong, and can go on.

  Background:
    Given an embedded endpoint

  Scenario Outline: What went wrong is named
    Given a reply may take 5 s
    When the endpoint fails with <fault>
    And I say "Hello! How are you today?"
    Then the turn fails with <class>
    And the screen shows "<class>"

    Examples: refused
      | fault    | class    |
      | http_400 | http_4xx |
      | http_500 | http_5xx |

    Examples: broken off
      | fault            | class            |
      | stream_truncated | stream_truncated |
      | stream_error     | stream_error     |
      | empty            | empty            |

    Examples: too late
      | fault       | class         |
      | stall_total | timeout_total |

  Scenario: It has too much to do
    When the endpoint fails with http_429
    And I say "Hello!"
    Then the turn fails with http_429
    And the screen shows "say it again, or /retry"

  Scenario: It recovers
    When the endpoint fails with http_500
    And I say "My name is Ada."
    And the endpoint recovers
    And I type "/retry"
    Then the turn succeeds
    And the turn does not fail with http_5xx

  Scenario Outline: What only looks unusual is no failure
    When the endpoint fails with <oddity>
    And I say "Hello!"
    Then the turn succeeds

    Examples:
      | oddity     |
      | no_done    |
      | comments   |
      | gzip       |
      | whole_reply |

  Scenario: A failed turn leaves the history as it was
    When I say "My name is Ada."
    And the endpoint fails with stream_truncated
    And I say "What is my name?"
    And I type "/history"
    Then the screen shows "3 messages"
