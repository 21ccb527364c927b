package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty/function"
)

// The variables that the key of an endpoint is read from: the key itself, or a file that holds it.
const (
	keyVariable     = "AIM_API_KEY"
	keyFileVariable = "AIM_API_KEY_FILE"
)

// useKeyFile lets AIM_API_KEY come from a file, as Secrets are mounted: --api-key-file goes over the environment, and
// the variable itself over AIM_API_KEY_FILE.
func (d *decoder) useKeyFile() {
	getenv, path := d.options.Getenv, d.options.APIKeyFile
	if path == "" {
		if _, ok := getenv(keyVariable); ok {
			return
		}
		if path, _ = getenv(keyFileVariable); path == "" {
			return
		}
	}
	text, err := ReadVarFile(path)
	if err != nil {
		d.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unreadable key", Detail: fmt.Sprintf("The file of %s, %s: %s.", keyVariable, path, err)})
		return
	}
	key := strings.TrimSpace(string(text))
	d.scenario.Secrets.Add(key)
	d.options.Getenv = func(name string) (string, bool) {
		if name == keyVariable {
			return key, true
		}
		return getenv(name)
	}
}

// functions are those of one file.
func (d *decoder) functions(file *parsedFile) map[string]function.Function {
	return baseFunctions(functionEnv{open: file.open, getenv: d.options.Getenv, allowEnv: d.options.AllowEnv, secrets: d.scenario.Secrets, work: d.work})
}

// plainPathError says what is wrong with a file without saying its name again.
func plainPathError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
