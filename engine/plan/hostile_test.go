package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oneTurn = `
endpoint "a" {
  simulator {}
}
conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
`

func repeat(n int, write func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(write(i))
	}
	return b.String()
}

// Each of these took a time that grew faster than the file before it was bounded; the test's own deadline would show it.
func TestHostile(t *testing.T) {
	long := strings.Repeat("e", 52)
	stages := "dynamic \"stage\" {\nfor_each = range(1000)\nlabels = [\"s${stage.key}\"]\ncontent {\ntarget = 1\nhold = \"1s\"\n}\n}\n"
	for name, text := range map[string]string{
		"locals":            oneTurn + "locals {\n" + repeat(20000, func(i int) string { return fmt.Sprintf("a%d = 1\n", i) }) + "}\n",
		"a chain of locals": oneTurn + "locals {\na0 = 1\n" + repeat(990, func(i int) string { return fmt.Sprintf("a%d = local.a%d + 1\n", i+1, i) }) + "}\n",
		"doubling locals":   oneTurn + "locals {\na0 = \"x\"\n" + repeat(60, func(i int) string { return fmt.Sprintf("a%d = \"${local.a%d}${local.a%d}\"\n", i+1, i, i) }) + "}\n",
		"unknown arguments": "endpoint \"a\" {\n" + repeat(20000, func(i int) string { return fmt.Sprintf("x%d = 1\n", i) }) + "}\n",
		"unknown blocks":    oneTurn + repeat(20000, func(int) string { return "x {}\n" }),
		"endpoints":         repeat(8000, func(i int) string { return fmt.Sprintf("endpoint \"e%d\" {\nsimulator {}\n}\n", i) }) + oneTurn,
		"unknown references": repeat(900, func(i int) string { return fmt.Sprintf("endpoint \"%s%d\" {\nsimulator {}\n}\n", long, i) }) +
			repeat(900, func(i int) string {
				return fmt.Sprintf("conversation \"c%d\" {\nendpoint = endpoint.%s%d\nturn \"t\" {\nuser = \"Hi.\"\n}\n}\n", i, strings.Repeat("f", 52), i)
			}),
		"turns": "endpoint \"a\" {\nsimulator {}\n}\nconversation \"c\" {\n" +
			repeat(990, func(i int) string { return fmt.Sprintf("turn \"t%d\" {\nuser = turn.t%d.response.text\n}\n", i, i-1) }) + "}\n",
		"dynamic blocks": oneTurn + "load \"l\" {\nmix {\nconversation = conversation.c\n}\narrival = constant\n" + repeat(500, func(int) string { return stages }) + "}\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "it.hcl")
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			toPlan(t, path)
		})
	}
}
