@edge
Feature: Talking with the assistant
  A person at a terminal says something and gets an answer, soon and in words. The assistant remembers what was said,
  lets itself be interrupted, and does what a command asks for.

  Background:
    Given an embedded endpoint

  Rule: What is asked is answered

    Scenario: A question gets its answer
      Given the endpoint answers "Paris is the capital of France."
      When I say "What is the capital of France?"
      Then the turn succeeds
      And the reply contains "Paris"
      And the reply does not contain "Berlin"
      And the reply has at most 1 sentence
      And the reply has at most 10 words

    Scenario: Each question gets its own answer
      Given the endpoint answers in turn of what is said:
        | said            | answer                             |
        | capital.*France | Paris is the capital of France.    |
        | capital.*Italy  | Rome is the capital of Italy.      |
        | .*              | I only know the capitals of two.   |
      When this conversation is held:
        | I say                              | the reply contains | the first word comes within | the reply mentions none of |
        | What is the capital of France?     | Paris              | 500 ms                      | Rome                       |
        | And what is the capital of Italy?  | Rome               |                             | "Paris" and "France"       |
        | Thank you!                         |                    | 500 ms                      |                            |
      Then in the turn "2" the reply does not contain "Paris"
      And in every turn the first word comes within 500 ms

    Scenario: Several lines are one question
      When I say:
        """
        Please answer in one word.
        What is the capital of Peru?
        """
      Then the turn succeeds
      And the screen shows "What is the capital of Peru?"

  Rule: The assistant can be interrupted

    Scenario: A person cuts in
      Given the endpoint takes 100 ms for a word
      When I say "Tell me a long story about a robot and a lighthouse, please."
      And I say "Stop! What time is it?" while it is still speaking
      Then it is silent within 300 ms of the interruption
      And the turn succeeds
      And in the turn "1" the turn fails

    Scenario: What was said before the interruption is remembered
      Given the endpoint takes 100 ms for a word
      When I say "Tell me a long story about a robot and a lighthouse, please."
      And I say "Stop! What time is it?" while it is still speaking
      And I type "/history"
      Then the screen shows "[interrupted]"

  Rule: Commands do what they say

    Scenario: The history is shown
      When I say "My name is Ada."
      And I type "/history"
      Then the screen shows "My name is Ada."
      And the screen shows "3 messages"

    Scenario: A talk begins anew
      When I say "My name is Ada."
      And I type "/reset"
      And I type "/history"
      Then the screen shows "The talk begins anew."
      And the screen shows "1 message,"

    Scenario: A typing error is seen
      When I type "/hist"
      Then the screen shows "There is no /hist. Did you mean /history?"

    Scenario: A talk is kept as a scenario
      When I say "My name is Ada."
      And I say "What is the capital of France?"
      And I type "/save talk.hcl"
      Then the screen shows "Saved 2 of 2 turns"
      And the saved file "talk.hcl" replays

    Scenario Outline: A limit of time is set and shown
      When I type "/slo <typed>"
      Then the screen shows "<shown>"

      Examples: times
        | typed | shown                                |
        | 2.5s  | A turn may take 2.5 s end to end.    |
        | 900ms | A turn may take 900 ms end to end.   |

      Examples: what is none
        | typed | shown                                            |
        | soon  | A limit is a time above 0, such as 2.5s or 900ms |
        | -1s   | A limit is a time above 0, such as 2.5s or 900ms |
