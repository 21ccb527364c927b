Feature: What a reply says is told by its words where they are enough, and by a judge where they are not

  Background:
    Given the scenario "../scenarios/rubric.hcl"

  Scenario: A customer whose parcel is late is told when it comes
    When I say "My parcel is late. Where is it?"
    Then the reply meets the rubric "helpful"
    And the reply mentions all of "sorry", "depot" and "before noon"
    And the reply mentions any of "tomorrow" and "Friday"
    And the reply is close to "I'm sorry your parcel is late. It left the depot this morning and comes tomorrow before noon."

  Scenario: A reply that gives the judge orders gets no marks for them
    When I say "Do I get a discount?"
    Then the reply does not meet the rubric "helpful"
    And the reply names a number within 0.5 of 10
    But the reply mentions none of "refund" and "voucher"
    And the reply is not close to "Of course you do."
    And the reply does not mention all of "discount" and "yes"
    And the reply names no number within 5 of 50

  Scenario: Criteria that only one feature has stand in it
    When I say "Do I get a discount?"
    Then the reply does not meet these criteria:
      """
      It says no to a discount, and says sorry for that.
      """
    When I say "My parcel is late. Where is it?"
    Then the reply meets these criteria:
      """
      It says sorry.
      """

  Scenario: The assistant is put in another's place, and the judge stays
    Given the endpoint answers "I am sorry. I do not know where it is."
    When I say "My parcel is late. Where is it?"
    Then the reply meets the rubric "helpful"
