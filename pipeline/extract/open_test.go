package extract

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"perennial/pipeline/history"
)

// shop is a configuration with all five tables.
func shop(t testing.TB) Config {
	t.Helper()
	c := ordersFrom(t, "customer_id,order_id,ordered_at,amount,quantity,product_id,category,discount,channel,loaded_at\n"+
		"bo,2,2025-02-01 10:00:00,8,1,SPOON,,,web,2025-02-03 00:00:00\n"+
		"bo,1,2025-01-01 09:00:00,5,1,KNIFE,steel,0.5,web,\n"+
		"bo,1,2025-01-01 09:00:00,7,2,SPOON,,,web,\n"+
		"bo,1,2025-03-01 09:00:00,-5,-1,KNIFE,steel,-0.5,,\n"+
		"cy,3,2025-02-02 10:00:00,1,,,,,shop,2024-01-01\n")
	c.Sources.Engagements.Files = []string{writeFile(t, "visits.csv", "customer_id,occurred_at,kind,channel,campaign_id,product_id,value,loaded_at\n"+
		"bo,2025-01-15 08:00:00,view,web,,BOWL,2,\nal,2025-01-16 08:00:00,email_open,email,spring,,,2025-01-17\n")}
	c.Sources.Customers.Files = []string{writeFile(t, "people.csv", "customer_id,signed_up_at,email_consent,sms_consent,phone_consent,country\n"+
		"bo,2024-12-01,YES,0,unknown,GB\ndi,2025-01-01,,,,FR\n")}
	c.Sources.Products.Files = []string{writeFile(t, "things.csv", "product_id,category,name,price,available,consumable\n"+
		"SPOON,wood,Oak spoon,9.5,no,yes\nFORK,steel,,,,\n")}
	c.Sources.Actions.Files = []string{writeFile(t, "sent.csv", "customer_id,action,sent_at,channel,decision_id\nbo,win_back,2025-02-20 07:00:00,email,d1\n")}
	return c
}

func instant(t testing.TB, s string) history.Instant {
	t.Helper()
	d, clock, _ := strings.Cut(s, " ")
	hours := int64(clock[0]-'0')*10 + int64(clock[1]-'0')
	return day(t, d).Start() + history.Instant(hours*3600*1_000_000)
}

func TestBucket(t *testing.T) {
	e := mustExtract(t, shop(t), "2026-01-01")
	v := e.Vocabulary()
	code := v.Products.Code
	b, err := e.Bucket(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	nan := float32(math.NaN())
	at := func(s string) history.Instant { return instant(t, s) }
	web, steel, wood := v.Channels.Code("web"), v.Categories.Code("steel"), v.Categories.Code("wood")
	want := &history.Bucket{Histories: []history.History{
		{
			Customer: "al", Profile: history.Profile{SignedUpAt: history.Never},
			Engagements: []history.Engagement{{
				At: at("2025-01-16 08"), KnownAt: at("2025-01-17 00"), Kind: v.Kinds.Code("email_open"),
				Channel: v.Channels.Code("email"), Campaign: v.Campaigns.Code("spring"), Value: nan,
			}},
		},
		{
			Customer: "bo",
			Profile: history.Profile{
				SignedUpAt: at("2024-12-01 00"), EmailConsent: history.ConsentYes, SMSConsent: history.ConsentNo, Country: v.Countries.Code("GB"),
			},
			Lines: []history.Line{
				{At: at("2025-01-01 09"), KnownAt: at("2025-01-01 09"), Amount: 5, Order: 0, Product: code("KNIFE"), Category: steel, Channel: web, Quantity: 1, Discount: 0.5},
				{At: at("2025-01-01 09"), KnownAt: at("2025-01-01 09"), Amount: 7, Order: 0, Product: code("SPOON"), Category: wood, Channel: web, Quantity: 2, Discount: nan},
				{At: at("2025-02-01 10"), KnownAt: at("2025-02-03 00"), Amount: 8, Order: 1, Product: code("SPOON"), Category: wood, Channel: web, Quantity: 1, Discount: nan},
				{At: at("2025-03-01 09"), KnownAt: at("2025-03-01 09"), Amount: -5, Order: 0, Product: code("KNIFE"), Category: steel, Quantity: -1, Discount: 0.5},
			},
			Engagements: []history.Engagement{{At: at("2025-01-15 08"), KnownAt: at("2025-01-15 08"), Kind: v.Kinds.Code("view"), Channel: web, Product: code("BOWL"), Value: 2}},
			Actions:     []history.Sent{{At: at("2025-02-20 07"), Action: v.Actions.Code("win_back"), Channel: v.Channels.Code("email")}},
		},
		{
			Customer: "cy", Profile: history.Profile{SignedUpAt: history.Never},
			Lines: []history.Line{{At: at("2025-02-02 10"), KnownAt: at("2025-02-02 10"), Amount: 1, Channel: v.Channels.Code("shop"), Quantity: 1, Discount: nan}},
		},
		{Customer: "di", Profile: history.Profile{SignedUpAt: at("2025-01-01 00"), Country: v.Countries.Code("FR")}},
	}}
	if diff := cmp.Diff(want, b, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantProducts := []history.Product{
		{Code: code("BOWL"), Available: true},
		{Code: code("FORK"), Category: steel, Available: true},
		{Code: code("KNIFE"), Category: steel, Available: true},
		{Code: code("SPOON"), Category: wood, Name: "Oak spoon", Consumable: true},
	}
	if diff := cmp.Diff(wantProducts, e.Products()); diff != "" {
		t.Errorf("products: -want +got:\n%s", diff)
	}
}

func TestBucketsHoldEveryCustomerOnce(t *testing.T) {
	c := ordersFrom(t, someOrders(6000))
	c.Buckets = 8
	e := mustExtract(t, c, "2026-01-01")
	seen := map[history.CustomerID]bool{}
	for k := range e.Buckets() {
		b, err := e.Bucket(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(b.Histories, func(a, b history.History) int { return strings.Compare(string(a.Customer), string(b.Customer)) }) {
			t.Errorf("bucket %d is not sorted", k)
		}
		for _, h := range b.Histories {
			if seen[h.Customer] {
				t.Errorf("%s comes twice", h.Customer)
			}
			seen[h.Customer] = true
			// DuckDB's md5_number_lower, as published sets are bucketed too.
			if sum := md5.Sum([]byte(h.Customer)); binary.LittleEndian.Uint64(sum[8:])%8 != uint64(k) {
				t.Errorf("%s is in bucket %d", h.Customer, k)
			}
			if !slices.IsSortedFunc(h.Lines, func(a, b history.Line) int { return int(min(max(a.At-b.At, -1), 1)) }) {
				t.Errorf("%s: lines are not in time order", h.Customer)
			}
		}
	}
	if want := e.Report().Sources[0].Customers; int64(len(seen)) != want {
		t.Errorf("%d customers, want %d", len(seen), want)
	}
	for _, k := range []int{-1, 8} {
		if _, err := e.Bucket(t.Context(), k); err == nil {
			t.Errorf("there is a bucket %d", k)
		}
	}
}

func TestOpenWithoutExtract(t *testing.T) {
	_, err := Open(t.TempDir())
	wantError(t, err, ErrMissing, "no complete extract (run extract first)")
}

// TestDamagedExtracts cuts every file of an extract short and changes bytes: the
// answer is an error of kind ErrBadData, or what was there.
func TestDamagedExtracts(t *testing.T) {
	dir, _, err := runIn(t, shop(t), "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	readAll := func() error {
		e, err := Open(dir)
		if err != nil {
			return err
		}
		_, err = e.Bucket(t.Context(), 0)
		return err
	}
	for name := range hashes(t, dir) {
		if filepath.Dir(name) == memoryFolder {
			continue // not looked at: see TestRecallRefusesWhatIsNotWhole
		}
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for cut := 0; cut < len(whole)-1; cut += 1 + len(whole)/40 {
			rewrite(t, path, whole[:cut])
			if err := readAll(); !errors.Is(err, ErrBadData) {
				t.Errorf("%s cut to %d bytes: %v", name, cut, err)
			}
		}
		for i := 0; i < len(whole); i += 1 + len(whole)/60 {
			damaged := bytes.Clone(whole)
			damaged[i] ^= 0xff
			rewrite(t, path, damaged)
			if err := readAll(); err != nil && !errors.Is(err, ErrBadData) {
				t.Errorf("%s with byte %d changed: %v", name, i, err)
			}
		}
		rewrite(t, path, whole)
	}
	if err := readAll(); err != nil {
		t.Error(err)
	}
	if err := os.Remove(bucketPath(dir, "orders", 0)); err != nil {
		t.Fatal(err)
	}
	if err := readAll(); err == nil {
		t.Error("a missing bucket was read")
	}
}

func rewrite(t testing.TB, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestOrderNumbers(t *testing.T) {
	numbers := orderNumbers{seen: map[string]int32{}}
	var got []int32
	for _, id := range []string{"b", "b", "a", "b", "c", ""} {
		got = append(got, numbers.of([]byte(id)))
	}
	numbers.reset()
	got = append(got, numbers.of([]byte("c")))
	if diff := cmp.Diff([]int32{0, 0, 1, 0, 2, 3, 0}, got); diff != "" {
		t.Error(diff)
	}
}
