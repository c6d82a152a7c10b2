package features

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"perennial/pipeline/history"
)

func TestThereAreManyFeatures(t *testing.T) {
	set, err := NewSet(history.Vocabulary{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(set.Names()); n < 80 {
		t.Errorf("%d features, want at least 80", n)
	}
}

func TestDeclarationsAreComplete(t *testing.T) {
	endsWithDays := regexp.MustCompile(`_(\d+)d(_|$)`)
	for _, family := range Families() {
		if family.Name == "" || !strings.HasSuffix(family.Doc, ".") || len(family.Features) == 0 {
			t.Errorf("family %q: %q with %d features", family.Name, family.Doc, len(family.Features))
		}
		for _, f := range family.Features {
			if !ownName.MatchString(f.Name) || !strings.HasSuffix(f.Doc, ".") || len(f.From) == 0 || f.value == nil {
				t.Errorf("the declaration of %q is not complete: %+v", f.Name, f)
			}
			if strings.HasSuffix(f.Name, "_days") && f.Unit != Days && f.Unit != Count {
				t.Errorf("%s is in %s", f.Name, f.Unit)
			}
			if f.Window > 0 && !endsWithDays.MatchString(f.Name) && !strings.HasSuffix(f.Name, "_last_year") {
				t.Errorf("%s does not name its window of %d days", f.Name, f.Window)
			}
		}
	}
}

// TestWordsNameFeatures fills in every sentence of a reason.
func TestWordsNameFeatures(t *testing.T) {
	set, err := NewSet(history.Vocabulary{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	placeholder := regexp.MustCompile(`\{([^}]*)\}`)
	for _, name := range set.Names() {
		f, _ := set.Feature(name)
		for _, sentence := range []string{f.Words.More, f.Words.Less} {
			if strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q ends with a full stop", name, sentence)
			}
			for _, match := range placeholder.FindAllStringSubmatch(sentence, -1) {
				_, known := set.Feature(match[1])
				if !known && match[1] != "value" && match[1] != "reference" {
					t.Errorf("%s: %q names %s, which is no feature", name, sentence, match[0])
				}
			}
		}
	}
}

func TestUnitRange(t *testing.T) {
	for unit, want := range map[Unit]string{
		Days: "[0 +Inf]", Count: "[0 +Inf]", Ratio: "[0 +Inf]", Share: "[0 1]",
		Money: "[-Inf +Inf]", Log: "[-Inf +Inf]", Any: "[-Inf +Inf]",
	} {
		low, high := unit.Range()
		if got := fmt.Sprint([]float64{low, high}); got != want {
			t.Errorf("range of %s is %s, want %s", unit, got, want)
		}
	}
}

func TestHashTellsDefinitionsApart(t *testing.T) {
	own := Own{Name: "gifts", From: "orders", Where: "category = 'gift'", Measure: "count", Doc: "Gifts."}
	elsewhere, longer, renamed := own, own, own
	elsewhere.Where = "category = 'tools'"
	longer.Window = 90
	renamed.Name = "presents"
	hashes := map[string]string{}
	for name, own := range map[string][]Own{
		"none": nil, "one": {own}, "elsewhere": {elsewhere}, "longer": {longer}, "renamed": {renamed}, "two": {own, renamed}, "two, turned": {renamed, own},
	} {
		set, err := NewSet(testVocabulary, own)
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := hashes[set.Hash()]; taken {
			t.Errorf("sets %q and %q have the same hash", name, other)
		}
		hashes[set.Hash()] = name
	}
	same, err := NewSet(history.Vocabulary{}, []Own{own})
	if err != nil {
		t.Fatal(err)
	}
	if hashes[same.Hash()] != "one" {
		t.Error("the hash depends on the vocabulary")
	}
}

func TestFeature(t *testing.T) {
	set := testSet()
	if f, ok := set.Feature("recency_days"); !ok || f.Family != "recency" || f.Unit != Days {
		t.Errorf("Feature(recency_days) = %+v, %t", f, ok)
	}
	if f, ok := set.Feature("own_count"); !ok || f.Family != "own" {
		t.Errorf("Feature(own_count) = %+v, %t", f, ok)
	}
	if f, ok := set.Feature("no_such"); ok {
		t.Errorf("Feature(no_such) = %+v", f)
	}
}

func TestSaturate(t *testing.T) {
	for v, want := range map[float64]float64{
		1: 1, -1e300: -math.MaxFloat32, math.Inf(1): math.MaxFloat32, math.MaxFloat32: math.MaxFloat32,
	} {
		if got := saturate(v); got != want {
			t.Errorf("saturate(%g) = %g, want %g", v, got, want)
		}
	}
	if got := saturate(math.NaN()); !math.IsNaN(got) {
		t.Errorf("saturate(NaN) = %g", got)
	}
}
