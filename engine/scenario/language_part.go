package scenario

import (
	"io"
	"strings"
)

// BlockHelp writes what the reference says of one block and the blocks in it, in Markdown.
func BlockHelp(w io.Writer, b *Block) error {
	var out strings.Builder
	writeBlock(&out, b, "")
	_, err := io.WriteString(w, out.String())
	return err
}

// FunctionHelp writes what the reference says of the functions, in Markdown.
func FunctionHelp(w io.Writer) error {
	_, err := io.WriteString(w, functionReference()+"\n")
	return err
}
