package simulate

import (
	"regexp"
	"strings"
)

// The moves of a conversation that the endpoint knows.
var (
	reYouAre    = regexp.MustCompile(`(?i)\byou(?: are|'re) ([^.!?\n]+)`)
	reIntroduce = regexp.MustCompile(`\b(?:[Ii] am|[Ii]'m|[Mm]y name is|[Cc]all me|[Tt]his is) (\p{Lu}[\p{L}'-]*)`)
	reGreeting  = regexp.MustCompile(`(?i)^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening))\b`)
	reWhoAreYou = regexp.MustCompile(`(?i)\b(?:who are you|what are you|what(?: i|')s your name|introduce yourself|about yourself)\b`)
	reWhoAmI    = regexp.MustCompile(`(?i)\b(?:who am i|what(?: i|')s my name|remember my name|know my name)\b`)
	reHowAreYou = regexp.MustCompile(`(?i)\bhow are you\b`)
	reThanks    = regexp.MustCompile(`(?i)\b(?:thanks|thank you)\b`)
	reGoodbye   = regexp.MustCompile(`(?i)\b(?:bye|goodbye|see you|good night)\b`)
	reAgain     = regexp.MustCompile(`(?i)\b(?:say (?:that|it) again|repeat (?:that|it)|in other words)\b`)
	reSentence  = regexp.MustCompile(`[^.!?]+[.!?]*`)
	reQuestion  = regexp.MustCompile(`(?i)^\W*(?:(?:please|can|could|would|will|do|does|did|is|are|was|were|what|which|who|` +
		`where|when|why|how|tell|give|show|explain|describe|you|me|us|about|many|much)\b\W*)+`)
)

// listened is how many bytes of a message the endpoint listens to: under load, prompts are long and mean nothing.
const listened = 512

// heard is the start of a message.
func heard(text string) string {
	if len(text) <= listened {
		return text
	}
	return strings.ToValidUTF8(text[:listened], "")
}

// A speaker answers one request by what stands in it, always in the same way.
type speaker struct {
	q      *request
	prompt string
	name   string // of the person, where they told it
}

// speech is a short answer that fits the conversation.
func speech(q *request, model string) string {
	s := &speaker{q: q, prompt: heard(q.last("user"))}
	s.name = s.introduced()
	if q.answersTool() {
		return s.aboutResults()
	}
	if keys := askedKeys(s.prompt); len(keys) > 0 {
		return objectOf(keys, q)
	}
	if said := s.moves(model); len(said) > 0 {
		return strings.Join(said, " ")
	}
	return s.aboutPrompt()
}

// introduced is the name the person last gave.
func (s *speaker) introduced() string {
	for i := len(s.q.messages) - 1; i >= 0; i-- {
		if m := s.q.messages[i]; m.role == "user" {
			if found := reIntroduce.FindStringSubmatch(heard(m.text)); found != nil {
				return found[1]
			}
		}
	}
	return ""
}

// moves are the sentences that the prompt calls for.
func (s *speaker) moves(model string) (said []string) {
	add := func(when bool, sentence string) {
		if when {
			said = append(said, sentence)
		}
	}
	introduces := reIntroduce.MatchString(s.prompt)
	greets := reGreeting.MatchString(s.prompt)
	add(reWhoAreYou.MatchString(s.prompt), s.identity(model))
	add(greets || introduces, "Hello"+s.address()+"!")
	add(introduces && !greets, "It is good to meet you.")
	add(reHowAreYou.MatchString(s.prompt), "I am fine, thank you.")
	if reWhoAmI.MatchString(s.prompt) {
		add(s.name != "", "You are "+s.name+".")
		add(s.name == "", "You have not told me your name yet.")
	}
	add(reThanks.MatchString(s.prompt), "You are welcome"+s.address()+".")
	add(reGoodbye.MatchString(s.prompt), "Goodbye"+s.address()+"!")
	if before := heard(s.q.last("assistant")); before != "" && reAgain.MatchString(s.prompt) {
		add(true, "I said: "+firstSentence(before))
	}
	return said
}

// address is the person's name as it ends a greeting.
func (s *speaker) address() string {
	if s.name == "" {
		return ""
	}
	return ", " + s.name
}

// identity is who the system prompt says the model is.
func (s *speaker) identity(model string) string {
	if found := reYouAre.FindStringSubmatch(heard(s.q.system())); found != nil {
		return "I am " + strings.TrimSpace(found[1]) + "."
	}
	return "I am " + model + ", an endpoint without a model behind it."
}

// aboutResults is what is said once tools have answered.
func (s *speaker) aboutResults() string {
	names := make(map[string]string)
	var said []string
	for _, m := range s.q.messages {
		for _, c := range m.calls {
			names[c.ID] = c.Function.Name
		}
		switch m.role {
		case "user", "assistant":
			said = said[:0]
		case "tool":
			name := names[m.callID]
			if name == "" {
				name = "The tool"
			}
			said = append(said, name+" answered: "+clip(m.text, 40)+".")
		}
	}
	return strings.Join(said, " ")
}

// aboutPrompt takes up what the person said.
func (s *speaker) aboutPrompt() string {
	first := strings.TrimRight(firstSentence(s.prompt), " .!?")
	switch {
	case first == "" && s.hasImage():
		return "I see an image."
	case first == "":
		return "I am listening."
	case strings.Contains(s.prompt, "?"):
		about := strings.TrimSpace(reQuestion.ReplaceAllString(first, ""))
		if about == "" {
			about = first
		}
		return "You ask about " + clip(about, 12) + ". A model would know more about it than I do" + s.address() + "."
	}
	return "You say: " + clip(first, 12) + ". I have understood that" + s.address() + "."
}

func (s *speaker) hasImage() bool {
	last := s.q.messages[len(s.q.messages)-1]
	return len(last.images) > 0
}

// firstSentence is a text's first sentence, with its stop.
func firstSentence(text string) string {
	return strings.TrimSpace(reSentence.FindString(strings.TrimSpace(text)))
}

// clip keeps the first words of a text, on one line.
func clip(text string, words int) string {
	all := strings.Fields(strings.TrimRight(text, " .!?\n"))
	if len(all) <= words {
		return strings.Join(all, " ")
	}
	return strings.Join(all[:words], " ") + "…"
}

// filler are the sentences that bring a reply to a length, as tokens.
var filler = func() (all [][]string) {
	for _, sentence := range []string{
		" The simulator keeps talking for as long as it was asked to.",
		" Each word comes at the pace that the scenario sets.",
		" No model runs behind this text, so its meaning is thin.",
		" What counts here is when the words arrive.",
		" A robot could nod now and then while it listens.",
		" The same request gets the same words every time.",
		" Long replies help to measure the time between tokens.",
		" There is always one more sentence to say.",
	} {
		all = append(all, split(sentence))
	}
	return all
}()
