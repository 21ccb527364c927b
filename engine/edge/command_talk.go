package edge

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/measure"
	"aimbench/engine/scenario"
)

// words are what a line says, with the images that were to go with it.
func (c *Chat) words(line string) []scenario.Part {
	parts := append(slices.Clone(c.images), scenario.Part{Kind: scenario.PartText, Text: line})
	c.images = nil
	return parts
}

func (c *Chat) setSLO(args string) {
	if args != "" {
		d, err := time.ParseDuration(args)
		if err != nil || d <= 0 {
			c.view.Answer("A limit is a time above 0, such as 2.5s or 900ms.")
			return
		}
		c.slo.Store(int64(d))
		c.metrics.SetSLO(d)
	}
	c.view.Answer("A turn may take " + brief(c.limit()) + " end to end.")
}

func (c *Chat) setModel(args string) {
	if args != "" {
		c.model.Store(&args)
	}
	name := c.client.Model()
	if m := c.model.Load(); m != nil {
		name = *m
	}
	c.view.Answer("The model is " + name + ".")
}

func (c *Chat) reset(string) {
	c.talk.Cut()
	c.talk.Forget()
	c.last, c.images = nil, nil
	c.view.Answer("The talk begins anew.")
	if c.body != nil {
		c.around.Go(func() { c.body.do(c.ctx, atRest("reset")) })
	}
}

func (c *Chat) system(args string) {
	if args != "" {
		c.talk.Instruct(args)
	}
	h := c.talk.History()
	if len(h) == 0 || h[0].Role != openai.ChatMessageRoleSystem {
		c.view.Answer("There is no system prompt.")
		return
	}
	c.view.Answer(strings.TrimRight(h[0].Content, "\n"))
}

func (c *Chat) history(string) {
	var b strings.Builder
	tokens := 0
	h := c.talk.History()
	for i := range h {
		tokens += cost(&h[i])
		text := h[i].Content
		for _, p := range h[i].MultiContent {
			if p.ImageURL != nil {
				text += "[image] "
			}
			text += p.Text
		}
		for _, call := range h[i].ToolCalls {
			text += fmt.Sprintf("%s(%s) ", call.Function.Name, call.Function.Arguments)
		}
		fmt.Fprintf(&b, "%-10s %s\n", h[i].Role, strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n           "))
	}
	fmt.Fprintf(&b, "%s, about %s tokens; at most %s", measure.Count(len(h), "message"),
		measure.Thousands(int(float64(tokens)*c.ratio)), measure.Thousands(c.settings.HistoryMax.Value))
	c.view.Answer(b.String())
}

func (c *Chat) retry(string) {
	if c.last == nil {
		c.view.Answer("Nothing was said that could be said again.")
		return
	}
	if c.last.inner {
		c.talk.Retract()
	}
	if n := len(c.kept); n > 0 {
		c.kept = c.kept[:n-1] // what is said again goes in its place
	}
	c.take(c.last.words)
}

// mostImage bounds an image, in bytes.
const mostImage = 8 << 20

func (c *Chat) image(args string) {
	name, text, _ := strings.Cut(args, " ")
	if name == "" {
		c.view.Answer("Write /image FILE, or /image FILE and what to say of it.")
		return
	}
	part, err := readImage(name)
	if err != nil {
		c.view.Answer("The image cannot be read: " + strings.TrimSuffix(err.Error(), ".") + ".")
		return
	}
	c.images = append(c.images, part)
	if text = strings.TrimSpace(text); text != "" {
		c.take(c.words(text))
		return
	}
	c.view.Answer("The image goes with what is said next.")
}

// readImage reads an image. Its bytes say what it is, whatever its name says.
func readImage(name string) (scenario.Part, error) {
	if info, err := os.Stat(name); err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			return scenario.Part{}, fmt.Errorf("%s: %w", name, path.Err)
		}
		return scenario.Part{}, err
	} else if !info.Mode().IsRegular() { // to open one might wait for ever
		return scenario.Part{}, fmt.Errorf("%s is no file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return scenario.Part{}, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	raw, err := io.ReadAll(io.LimitReader(file, mostImage+1))
	if err != nil {
		return scenario.Part{}, err
	}
	kind := http.DetectContentType(raw)
	switch {
	case len(raw) > mostImage:
		return scenario.Part{}, fmt.Errorf("%s is larger than %d MB", name, mostImage>>20)
	case !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind):
		return scenario.Part{}, fmt.Errorf("%s is no PNG, JPEG, GIF or WebP image", name)
	}
	return scenario.Part{Kind: scenario.PartImage, ImageURL: "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(raw)}, nil
}
