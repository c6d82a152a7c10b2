package publish

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

type sealed struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

func TestSealRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := sealed{rapid.String().Draw(t, "text"), rapid.Int().Draw(t, "count")}
		body, err := seal(want)
		if err != nil {
			t.Fatal(err)
		}
		var read sealed
		if err := unseal(body, &read); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if again, err := seal(read); err != nil || !bytes.Equal(again, body) {
			t.Errorf("sealed again: %s, %v, want %s", again, err, body)
		}
	})
}

// A program of today reads the record of a program that knows more fields.
func TestUnsealKeepsTheSealOfUnknownFields(t *testing.T) {
	body, err := seal(struct {
		sealed
		More string `json:"more"`
	}{sealed{"a", 1}, "news"})
	if err != nil {
		t.Fatal(err)
	}
	var read sealed
	if err := unseal(body, &read); err != nil || read != (sealed{"a", 1}) {
		t.Errorf("unseal = %+v, %v", read, err)
	}
}

func FuzzUnseal(f *testing.F) {
	good, err := seal(sealed{"a", 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("{}"))
	f.Add([]byte(sealOpening + sealClosing))
	f.Fuzz(func(t *testing.T, body []byte) {
		var read sealed
		if err := unseal(body, &read); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Errorf("%v is not ErrCorrupt", err)
		} else if err == nil && bytes.Count(body, []byte(digest(body[:bytes.LastIndex(body, []byte(sealOpening))]))) == 0 {
			t.Errorf("accepted without its digest: %q", body)
		}
	})
}
