package extract

import "testing"

func TestPoolIsHalfTheMemory(t *testing.T) {
	for limit, want := range map[string]string{"2GiB": "1GiB", "1.5 GB": "0.75GB", "512MiB": "256MiB", "3gib": "1.5gib"} {
		if got := poolSize(limit); got != want {
			t.Errorf("pool of %s is %s, want %s", limit, got, want)
		}
	}
}
