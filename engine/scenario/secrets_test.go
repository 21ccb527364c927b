package scenario

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func TestRedact(t *testing.T) {
	for name, c := range map[string]struct {
		secrets    []string
		text, want string
	}{
		"none":          {nil, "hush", "hush"},
		"plain":         {[]string{"hush-hush"}, "a hush-hush b hush-hush", "a (sensitive) b (sensitive)"},
		"longest first": {[]string{"hush", "hush-hush"}, "hush-hush hush", "(sensitive) (sensitive)"},
		"overlapping":   {[]string{"abcd", "cdef-g"}, "abcdef-g", "(sensitive)ef-g"},
		"too short":     {[]string{"abc", "", "  x "}, "abc x", "abc x"},
		"white space":   {[]string{" hush-hush\n"}, "<hush-hush>", "<(sensitive)>"},
		"JSON":          {[]string{`a"b\c<d`}, `{"k":"a\"b\\c<d"} and a\"b\\c\u003cd`, `{"k":"(sensitive)"} and (sensitive)`},
		"URL":           {[]string{"a b/c?d"}, "x=a+b%2Fc%3Fd&y=a%20b%2Fc%3Fd", "x=(sensitive)&y=(sensitive)"},
		"base64":        {[]string{"hush-hush"}, base64.StdEncoding.EncodeToString([]byte("hush-hush")), "(sensitive)"},
		"not a part":    {[]string{"hush-hush"}, "hush-hus", "hush-hus"},
	} {
		t.Run(name, func(t *testing.T) {
			var s Secrets
			for _, secret := range c.secrets {
				s.Add(secret)
			}
			if got := s.Redact(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNilSecrets(t *testing.T) {
	var s *Secrets
	s.Add("hush-hush")
	s.AddValue(cty.StringVal("hush-hush").Mark(sensitive))
	if got := s.Redact("hush-hush"); got != "hush-hush" {
		t.Error(got)
	}
}

func TestAddValueTakesWhatIsMarked(t *testing.T) {
	var s Secrets
	s.AddValue(cty.ObjectVal(map[string]cty.Value{
		"open":   cty.StringVal("in the open"),
		"closed": cty.TupleVal([]cty.Value{cty.StringVal("hush-hush"), cty.NumberIntVal(1)}).Mark(sensitive),
		"list":   cty.TupleVal([]cty.Value{cty.StringVal("secret-1").Mark(sensitive), cty.StringVal("also open")}),
	}))
	if got := s.Redact("in the open, hush-hush, secret-1, also open"); got != "in the open, (sensitive), (sensitive), also open" {
		t.Error(got)
	}
}

func TestSecretsAreAddedWhileOthersRedact(t *testing.T) {
	var s Secrets
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			s.Add("secret-" + strings.Repeat("x", i))
			if got := s.Redact("secret-" + strings.Repeat("x", i)); strings.Contains(got, "secret") {
				t.Error(got)
			}
		})
	}
	wait.Wait()
}

// What is settled of a text is redacted alike whatever follows, and all that cannot be of a secret is settled.
func TestSettled(t *testing.T) {
	var s Secrets
	s.Add("hush-hush")
	s.Add("hush-hush, said Ada")
	s.Add("abab")
	for text, want := range map[string]string{
		"":               "",
		"nothing":        "nothing",
		"not hus":        "not ",
		"hush-hush":      "",
		"hush-hush,":     "",
		"hush-hush!":     "hush-hush!",
		"hush-hush!h":    "hush-hush!",
		"xababa":         "xabab",
		"xababab":        "xabab",
		"hush-hush, sa.": "hush-hush, sa.",
	} {
		if n := s.Settled(text); text[:n] != want {
			t.Errorf("of %q %q is settled, want %q", text, text[:n], want)
		}
	}
	var none *Secrets
	if none.Settled("hush") != 4 || (&Secrets{}).Settled("hush") != 4 {
		t.Error("without secrets something is held back")
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("hush-hush", "before ", " after")
	f.Add("a\"b\\<>& c", "", "\x00")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		var s Secrets
		s.Add(secret)
		secret = strings.TrimSpace(secret)
		if len(secret) < minSecret {
			return
		}
		for all, cut := before+secret+after, 0; cut <= len(all); cut++ {
			n := s.Settled(all[:cut])
			if whole := s.Redact(all); !strings.HasPrefix(whole, s.Redact(all[:n])) {
				t.Errorf("of %q %q is settled, and redacted %q", all[:cut], all[:n], whole)
			}
		}
		quoted, _ := json.Marshal(secret)
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), string(quoted[1 : len(quoted)-1])} {
			if len(form) < minSecret || strings.Contains(Redacted, form) || strings.Contains(before+after, form) {
				continue
			}
			if got := s.Redact(form); got != Redacted {
				t.Errorf("%q is shown as %q", form, got)
			}
			if got := s.Redact(before + form + after); len(before)+len(after) == 0 && strings.Contains(got, form) {
				t.Errorf("%q is shown as %q", before+form+after, got)
			}
		}
	})
}
