// Gen writes the Grafana dashboards and the alerting rules from the names of the series in engine/metric, and the chart's
// copies of them, since Helm reads nothing beside a chart:
//
//	go run ./grafana/gen
//
// Nothing else in the repository imports Grafana's SDK, so that it stays out of the programs.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", ".", "write dashboards/ and rules/ below grafana/ and chart/ in this directory")
	flag.Parse()
	if err := write(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// places are the directories that have what is generated.
var places = []string{"grafana", "chart"}

// files are what is generated, by the path below each of the places.
func files() (map[string][]byte, error) {
	rules, err := rules()
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{"rules/aimbench.yaml": rules}
	for name, b := range map[string]*dash{"run": runs(), "fleet": fleet(), "history": history()} {
		board, err := b.Build()
		if err != nil {
			return nil, fmt.Errorf("dashboard %s: %w", name, err)
		}
		text, err := json.MarshalIndent(board, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("dashboard %s: %w", name, err)
		}
		out["dashboards/"+name+".json"] = append(text, '\n')
	}
	return out, nil
}

func write(dir string) error {
	all, err := files()
	if err != nil {
		return err
	}
	for _, place := range places {
		for path, text := range all {
			path = filepath.Join(dir, place, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, text, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
