// Package example holds a product to its features in its own go test: with the steps of aimbench, and one of its own.
package example

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/cucumber/godog"

	"aimbench/engine/acceptance"
)

// openingHours is the product: what the assistant is told.
var openingHours = map[string]string{"Monday": "closed", "Tuesday": "9 to 17"}

func TestFeatures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // waits take no time, and times are exact
		suite := godog.TestSuite{
			ScenarioInitializer: func(sc *godog.ScenarioContext) {
				acceptance.Register(sc, acceptance.Options{Memory: true})
				sc.Given(`^the museum is (\w+|\d+ to \d+) on (\w+)$`, func(hours, day string) error {
					if openingHours[day] != hours {
						return fmt.Errorf("the museum is %s on %s", openingHours[day], day)
					}
					return nil
				})
			},
			Options: &godog.Options{Format: "progress", Paths: []string{"features"}, Strict: true, NoColors: true},
		}
		if suite.Run() != 0 {
			t.Fatal("features failed")
		}
	})
}
