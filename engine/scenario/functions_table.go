package scenario

// FunctionDoc is what the reference says of a function.
type FunctionDoc struct {
	Name string
	// Signature shows the parameters; those in brackets may be left out.
	Signature string
	Doc       string
	// Example is a call, and Want what it comes to, both in the language; Want is empty where the result has no such form.
	Example, Want string
}

// Functions is the table of functions that the language's reference and the functions' own descriptions are made from,
// in the order in which the reference lists them.
var Functions = []FunctionDoc{}
