package scenario

import (
	"reflect"
	"strings"
	"testing"
)

func TestMessages(t *testing.T) {
	user := func(text string) Message { return Message{Role: "user", Text: text} }
	for list, want := range map[string][]Message{
		`[{ role = "user", content = "Hi" }]`:                                                               {user("Hi")},
		`[{ role = "system", content = "Be brief." }, { role = "user", content = "Hi" }]`:                   {{Role: "system", Text: "Be brief."}, user("Hi")},
		`[{ from = "human", value = "Hi" }, { from = "gpt", value = "Hello" }]`:                             {user("Hi")},
		`[{ from = "human", value = "A" }, { from = "gpt", value = "B" }, { from = "human", value = "C" }]`: {user("A"), {Role: "assistant", Text: "B"}, user("C")},
		`[{ from = "system", value = "S" }, { from = "gpt", value = "B" }, { from = "user", value = "C" }]`: {{Role: "system", Text: "S"}, user("C")},
		`[{ role = "user", content = [{ type = "text", text = "Hi" }] }]`: {
			{Role: "user", Text: "Hi", Raw: []byte(`{"content":[{"text":"Hi","type":"text"}],"role":"user"}`)},
		},
		`[{ role = "user", content = "A" }, { role = "assistant", content = null, tool_calls = [] }, { role = "tool", content = "7", tool_call_id = "1" }, { role = "assistant", content = "B" }]`: {
			user("A"),
			{Role: "assistant", Raw: []byte(`{"content":null,"role":"assistant","tool_calls":[]}`)},
			{Role: "tool", Text: "7", Raw: []byte(`{"content":"7","role":"tool","tool_call_id":"1"}`)},
		},
	} {
		v, diags := evaluate(t, "messages("+list+")", testFunctions(nil), nil)
		got, err := partsFromValue(v)
		if err != nil || len(got) != 1 || got[0].Kind != PartMessages || !reflect.DeepEqual(got[0].Messages, want) {
			t.Errorf("%s: got %+v %v %s", list, got, err, diags)
		}
	}
}

func TestMessagesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		`messages("Hi")`: "must be a list of messages",
		`messages(null)`: "must not be null",
		`messages([])`:   "no message in it is a user's",
		`messages([{ role = "assistant", content = "Hi" }])`: "no message in it is a user's",
		`messages(["Hi"])`: "message 1 is not an object",
		`messages([{ role = "robot", content = "Hi" }])`:   "message 1 has a role that is none of",
		`messages([{ from = "human", value = 5 }])`:        "message 1 has no value that is text",
		`messages([{ content = "Hi" }])`:                   "message 1 has no role that is text",
		`messages([{ role = "user", content = 5 }])`:       "message 1 has a content that is neither",
		`user_turns([{ role = "user", content = ["a"] }])`: "message 1 has a content that is neither",
		`user_turns({})`: "must be a list of messages",
	} {
		if _, diags := evaluate(t, text, testFunctions(nil), nil); !diags.HasErrors() || !strings.Contains(diags.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, diags, want)
		}
	}
	v, _ := evaluate(t, `["a", messages([{ role = "user", content = "Hi" }])]`, testFunctions(nil), nil)
	if _, err := partsFromValue(v); err == nil || !strings.Contains(err.Error(), "must stand alone") {
		t.Error(err)
	}
}

// A recording in which nobody asks anything is no row; what has other shapes is left alone.
func TestUnsaidRowsAreLeftOut(t *testing.T) {
	const text = `[{"id":1,"conversations":[]},{"id":2,"conversations":[{"from":"gpt","value":"Hi"}]},
{"id":3,"conversations":[{"from":"human","value":"Hi"}]},{"id":4,"messages":[]},{"id":5,"messages":"none"},{"id":6,"conversations":["?"]}]`
	rows, err := readRows([]byte(text), "sharegpt.json")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range rows.Len() {
		ids = append(ids, rows.Row(i).GetAttr("id").AsBigFloat().String())
	}
	if got := strings.Join(ids, " "); got != "3 5 6" {
		t.Errorf("rows %s", got)
	}
}
