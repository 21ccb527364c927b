package scenario

import (
	"reflect"
	"strings"
	"testing"
)

func TestPartsFromValue(t *testing.T) {
	functions := testFunctions(nil)
	for text, want := range map[string][]Part{
		`"Hello"`:                                                         {{Kind: PartText, Text: "Hello"}},
		`text("Hello")`:                                                   {{Kind: PartText, Text: "Hello"}},
		`["What is this?", text("And this?")]`:                            {{Kind: PartText, Text: "What is this?"}, {Kind: PartText, Text: "And this?"}},
		`tolist(["a", "b"])`:                                              {{Kind: PartText, Text: "a"}, {Kind: PartText, Text: "b"}},
		`[synthetic({ tokens = 512 })]`:                                   {{Kind: PartSynthetic, Tokens: 512}},
		`synthetic({ tokens = 5, shared_by = "rag" })`:                    {{Kind: PartSynthetic, Tokens: 5, SharedBy: []string{"rag"}}},
		`synthetic({ tokens = 5, shared_by = 7 })`:                        {{Kind: PartSynthetic, Tokens: 5, SharedBy: []string{"7"}}},
		`synthetic({ tokens = 5, shared_by = null })`:                     {{Kind: PartSynthetic, Tokens: 5}},
		`synthetic({ tokens = 5, shared_by = [] })`:                       {{Kind: PartSynthetic, Tokens: 5}},
		`synthetic({ tokens = 900, shared_by = [1, "b"] })`:               {{Kind: PartSynthetic, Tokens: 900, SharedBy: []string{"1", "b"}, BlockTokens: 512}},
		`synthetic({ tokens = 900, shared_by = [1], block_tokens = 16 })`: {{Kind: PartSynthetic, Tokens: 900, SharedBy: []string{"1"}, BlockTokens: 16}},
	} {
		v, diags := evaluate(t, text, functions, nil)
		got, err := partsFromValue(v)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v %v %s", text, got, want, err, diags)
		}
	}
	v, diags := evaluate(t, `image("dot.png")`, functions, nil)
	parts, err := partsFromValue(v.Mark(sensitive))
	if err != nil || parts[0].Kind != PartImage || !strings.HasPrefix(parts[0].ImageURL, "data:image/png;base64,iVBORw0KGgo") {
		t.Error(parts, err, diags)
	}
}

func TestPartsThatNobodyCanSay(t *testing.T) {
	for text, want := range map[string]string{
		`5`:                            "must be text",
		`null`:                         "must be text",
		`{ text = "a" }`:               "must be text",
		`[]`:                           "is empty",
		`["a", 5]`:                     "part 2 is a number",
		`["a", null]`:                  "part 2 is null",
		`[["a"]]`:                      "part 1 is tuple",
		`uniform(1, 2)`:                "must be text",
		`[for i in range(1001) : "a"]`: "1001 parts",
	} {
		v, _ := evaluate(t, text, testFunctions(nil), nil)
		if _, err := partsFromValue(v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
