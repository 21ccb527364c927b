package scenario

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// endpoint reads an endpoint block.
func (d *decoder) endpoint(n *node) {
	e := &Endpoint{
		Name: n.label, BaseURL: n.text("base_url"), ChatPath: n.text("chat_path"), Model: n.text("model"),
		APIKey: n.text("api_key"), API: n.word("api"), HTTP: n.integer("http"), NewConnections: n.word("connections") == "new",
		ExtraBody: n.jsonMap("extra_body"), CAFile: n.text("ca_file"), InsecureSkipVerify: n.yes("insecure_skip_verify"),
		MetricsURL: n.text("metrics_url"), WaitReady: n.duration("wait_ready"), Timeout: n.duration("timeout"),
		TimeoutConnect: n.duration("timeout_connect"), TimeoutFirstToken: n.duration("timeout_first_token"),
		TimeoutIdle: n.duration("timeout_idle"), Retries: n.integer("retries"), Range: n.rng,
	}
	if n.given("base_url") {
		e.BaseURLSource = d.scenario.Secrets.Redact(oneLine(d.sourceText(n.at("base_url"))))
	}
	d.scenario.Secrets.Add(e.APIKey)
	d.headers(n, e)
	d.certificates(n, e)
	if s := n.one("simulator"); s != nil {
		e.Simulator = d.simulator(s)
		if n.given("base_url") {
			d.twice(s.rng, n.at("base_url"), "Two endpoints in one", "An endpoint is either a service by base_url, or the embedded one by simulator {}, not both.")
		}
	} else if !n.given("base_url") {
		d.lacks(n, "No address", fmt.Sprintf("endpoint %q needs base_url, or simulator {} for the embedded endpoint.", n.label))
	}
	if e.InsecureSkipVerify {
		d.warn(n.at("insecure_skip_verify"), "Certificate not checked", "Whoever sits between can read and change what is sent, the key too.")
	}
	d.endpoints[e.Name] = e
	d.scenario.Endpoints = append(d.scenario.Endpoints, e)
}

func (d *decoder) headers(n *node, e *Endpoint) {
	v := n.value("headers")
	if v == cty.NilVal {
		return
	}
	e.Headers = map[string]string{}
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		name, text := key.AsString(), value.AsString()
		if !headerName(name) || strings.ContainsAny(text, "\r\n\x00") {
			d.fail(n.at("headers"), "Invalid headers", "headers must have names of letters, digits and dashes, and values on one line.")
			return
		}
		if strings.EqualFold(name, "authorization") || strings.EqualFold(name, "cookie") || strings.Contains(strings.ToLower(name), "api-key") {
			d.scenario.Secrets.Add(text)
			if _, token, ok := strings.Cut(text, " "); ok {
				d.scenario.Secrets.Add(token)
			}
		}
		e.Headers[name] = text
	}
}

func headerName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
	})
}

func (d *decoder) certificates(n *node, e *Endpoint) {
	if e.CAFile == "" {
		return
	}
	pem, err := n.file.open(e.CAFile)
	if err != nil {
		d.fail(n.at("ca_file"), "Unreadable ca_file", fmt.Sprintf("ca_file: %s.", err))
		return
	}
	e.CAPEM = pem
}
