package publish

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
)

func TestHashIsDuckDBsMD5NumberLower(t *testing.T) {
	if got, want := hash64("a"), uint64(7000413967451013937); got != want {
		t.Errorf("hash64(a) = %d, want %d", got, want)
	}
	db := openDuckDB(t)
	for _, id := range []string{"", "a", "C0000001", "naïve@example.org", strings.Repeat("x", 1000), "日本"} {
		var hash uint64
		var bucket int
		if err := db.QueryRow(`SELECT md5_number_lower(?), md5_number_lower(?) % 7`, id, id).Scan(&hash, &bucket); err != nil {
			t.Fatal(err)
		}
		if hash64(id) != hash || BucketOf(id, 7) != bucket {
			t.Errorf("%.20q: hash %d bucket %d, DuckDB has %d and %d", id, hash64(id), BucketOf(id, 7), hash, bucket)
		}
	}
}

func TestIDChecksumIsWhatSQLComputes(t *testing.T) {
	var ids, other IDChecksum
	for i := range 1000 {
		half := &ids
		if i%3 == 0 {
			half = &other
		}
		half.Add(fmt.Sprint(i))
	}
	ids.Merge(other)
	var want IDChecksum
	err := openDuckDB(t).QueryRow(`
		SELECT count(*), (sum(md5_number_lower(i::VARCHAR)) % 18446744073709551616)::UBIGINT, bit_xor(md5_number_lower(i::VARCHAR))
		FROM range(1000) t(i)`).Scan(&want.Count, &want.Sum, &want.Xor)
	if err != nil {
		t.Fatal(err)
	}
	if ids != want {
		t.Errorf("%v, DuckDB has %v", ids, want)
	}
}

func TestIDChecksumSeesASwap(t *testing.T) {
	checksum := func(ids ...string) (c IDChecksum) {
		for _, id := range ids {
			c.Add(id)
		}
		return c
	}
	if checksum("a", "b") != checksum("b", "a") {
		t.Error("the order of ids matters")
	}
	for _, other := range []IDChecksum{checksum("a"), checksum("a", "c"), checksum("a", "b", "b"), checksum("a", "a")} {
		if other == checksum("a", "b") {
			t.Errorf("%v is the checksum of two sets", other)
		}
	}
}

func openDuckDB(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
