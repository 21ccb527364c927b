package acceptance

import (
	"context"
	"slices"

	"aimbench/engine/edge"
	"aimbench/engine/scenario"
)

// talk is the chat of the scenario; it is opened when it is wanted for the first time.
func (w *world) talk() (*edge.Chat, error) {
	if w.chat != nil {
		return w.chat, nil
	}
	w.screen = newScreen()
	setup := edge.Setup{
		Flags: w.flags, Paths: w.paths, Scenario: w.scenarioOptions(), Engine: w.engineOptions(), Log: &w.log,
		Change: func(s *scenario.Scenario) error {
			w.screen.hide(s.Secrets)
			return w.change(s)
		},
	}
	setup.Conversation, setup.NoRobot = w.holds, w.robot == nobody && !w.hasRobot()
	dir, err := w.directory()
	if err != nil {
		return nil, err
	}
	setup.Dir = dir
	chat, err := edge.Open(w.ctx, setup, w.screen)
	if err != nil {
		return nil, unopened(err)
	}
	w.chat, w.screen.now, w.run = chat, chat.Talk().Clock.Now, nil
	if m := chat.Talk().Robot; m != nil {
		w.body.close()
		w.body = newWatch(w.ctx, m, chat.Talk().Clock.Start())
		return chat, w.pose(m)
	}
	return chat, nil
}

// hasRobot says whether the scenario file gives its conversation a robot.
func (w *world) hasRobot() bool {
	if len(w.paths) == 0 {
		return false
	}
	s, diags := scenario.Read(w.paths, w.scenarioOptions())
	if diags.HasErrors() {
		return false // the talk will say what is wrong with it
	}
	return slices.ContainsFunc(s.Conversations, func(c *scenario.Conversation) bool {
		return c.Robot != nil && (c.Name == w.holds || w.holds == "")
	})
}

// say has a line said, or a command done, and waits for all that comes of it.
func (w *world) say(line string) error {
	chat, err := w.talk()
	if err != nil {
		return err
	}
	w.hearOut()
	w.run = nil
	chat.Do(line)
	chat.Settle()
	return w.ctx.Err()
}

// begin has a line said, and returns when the first words of the reply have come, or the reply has ended without.
func (w *world) begin(ctx context.Context, line string) error {
	chat, err := w.talk()
	if err != nil {
		return err
	}
	w.hearOut()
	w.run = nil
	select {
	case <-w.screen.heard:
	default:
	}
	said := make(chan struct{})
	w.saying = said
	go func() {
		defer close(said)
		chat.Do(line)
	}()
	select {
	case <-w.screen.heard:
	case <-said:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// hearOut waits for what is being said in the background.
func (w *world) hearOut() {
	if w.saying != nil {
		<-w.saying
		w.saying = nil
		w.chat.Settle()
	}
}

// cutIn has a line said over the reply under way.
func (w *world) cutIn(line string) error {
	w.cut = w.chat.Talk().Clock.Now()
	w.chat.CutIn()
	w.hearOut()
	w.chat.Do(line)
	w.chat.Settle()
	return w.ctx.Err()
}
