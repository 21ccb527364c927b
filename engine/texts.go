package engine

import (
	"context"
	"fmt"

	"aimbench/engine/run"
	"aimbench/engine/synthetic"
)

// sizeTexts measures the tokens of every endpoint that synthetic prompts go to. The end of ctx is no error here.
func (e *Engine) sizeTexts(ctx context.Context) error {
	for _, c := range e.plan.Conversations {
		name := c.Endpoint.Name
		if !c.Synthetic() || e.texts[name] != nil {
			continue
		}
		texts, err := synthetic.Measure(ctx, e.clients[name], e.plan.Seed)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("sizing the prompts of conversation %q for endpoint %q: %w", c.Name, name, err)
		}
		if texts.How() == synthetic.Assumed && e.options.Note != nil {
			e.options.Note(fmt.Sprintf("endpoint %s counts no tokens: its synthetic prompts are sized by a token a word", name))
		}
		e.options.Log.Debug("prompts sized", "endpoint", name, "by", texts.How())
		if e.texts == nil {
			e.texts = map[string]run.Texts{}
		}
		e.texts[name] = texts
	}
	return nil
}
