package rubric

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"aimbench/engine/chat"
)

// mostReason bounds what is kept of a reason, in bytes.
const mostReason = 1000

// read takes the score, from 0 to 1, and the reason out of a judge's answer. Whatever is not just that is an error.
func read(reply *chat.Reply) (score float64, reason string, err error) {
	switch {
	case reply.Refusal() != "":
		return 0, "", fmt.Errorf("the judge refused: %s", excerpt(reply.Refusal()))
	case reply.FinishReason == "length":
		return 0, "", errors.New("the judge's answer was cut at the rubric's max_tokens")
	case reply.FinishReason != "stop":
		return 0, "", fmt.Errorf("the judge's answer ended by %s", excerpt(reply.FinishReason))
	}
	return parse(reply.Text())
}

// parse reads the answer itself.
func parse(text string) (score float64, reason string, err error) {
	var vote struct {
		Reason *string `json:"reason"`
		Score  *int    `json:"score"`
	}
	in := json.NewDecoder(strings.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&vote); err != nil {
		return 0, "", fmt.Errorf("the judge's answer is not the JSON that it was asked for: %s", excerpt(text))
	}
	_, err = in.Token()
	switch {
	case vote.Score == nil || vote.Reason == nil:
		return 0, "", fmt.Errorf("the judge's answer lacks its score or its reason: %s", excerpt(text))
	case err != io.EOF || members(text) > 2:
		return 0, "", fmt.Errorf("the judge's answer is more than the JSON that it was asked for: %s", excerpt(text))
	case *vote.Score < 0 || *vote.Score > fullMarks:
		return 0, "", fmt.Errorf("the judge's score is %d, which is not from 0 to %d", *vote.Score, fullMarks)
	}
	return float64(*vote.Score) / fullMarks, cut(*vote.Reason, mostReason), nil
}

// members counts what a JSON object has, of which one may be said twice: nobody knows which is meant then. Its values are no
// lists and no objects.
func members(text string) int {
	in, tokens := json.NewDecoder(strings.NewReader(text)), 0
	for {
		token, err := in.Token()
		if err != nil || token == json.Delim('}') {
			return tokens / 2
		}
		if token != json.Delim('{') {
			tokens++
		}
	}
}

// excerpt is the start of what a judge said, on one line.
func excerpt(text string) string {
	const most = 120
	line := strings.Join(strings.Fields(text), " ")
	if len(line) > most {
		line = cut(line, most) + "…"
	}
	return line
}

// cut is a text of at most n bytes.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
