package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perennial/pipeline/store"
	"perennial/pipeline/store/gcsfake"
	"perennial/pipeline/store/storetest"
)

// noSleep waits no time.
func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// openBucket serves a bucket and opens a store in it.
func openBucket(t *testing.T, server *gcsfake.Server, options store.BucketOptions) *store.Bucket {
	t.Helper()
	serving := httptest.NewServer(server)
	serving.Config.ErrorLog = nil
	t.Cleanup(serving.Close)
	options.Endpoint, options.Sleep = serving.URL, noSleep
	b, err := store.OpenBucket("gs://shop/scores", options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func TestBucket(t *testing.T) {
	storetest.RunKeeper(t, func(t *testing.T) store.Keeper {
		return openBucket(t, gcsfake.New("shop"), store.BucketOptions{})
	})
}

func TestBucketInChunks(t *testing.T) {
	storetest.RunKeeper(t, func(t *testing.T) store.Keeper {
		return openBucket(t, gcsfake.New("shop"), store.BucketOptions{SingleUpload: 256 << 10})
	})
}

// With a fault in a tenth of all requests every operation is still right.
func TestBucketUnderFaults(t *testing.T) {
	for seed := range uint64(2) {
		for _, singleUpload := range []int{0, 256 << 10} {
			t.Run(fmt.Sprintf("seed %d chunk %d", seed, singleUpload), func(t *testing.T) {
				storetest.RunKeeper(t, func(t *testing.T) store.Keeper {
					server := gcsfake.New("shop")
					server.Fault = gcsfake.Seeded(seed, 0.1)
					return openBucket(t, server, store.BucketOptions{SingleUpload: singleUpload, Tries: 12})
				})
			})
		}
	}
}

// The answer to a Create is lost, and the next try finds an object: our own.
func TestALostAnswerIsReadBack(t *testing.T) {
	for _, fault := range []gcsfake.Fault{gcsfake.ResetAfter, gcsfake.EOFAfter} {
		for _, size := range []int{10, 1 << 20} { // at once, and in chunks
			server := gcsfake.New("shop")
			b := openBucket(t, server, store.BucketOptions{SingleUpload: 256 << 10})
			last := 1 // the request that stores the object
			if size > 256<<10 {
				last = 1 + size/(256<<10)
			}
			server.Fault = func(r gcsfake.Request) gcsfake.Fault {
				if r.N == last {
					return fault
				}
				return gcsfake.None
			}
			body := bytes.Repeat([]byte("x"), size)
			if err := b.Create(t.Context(), "commits/1", body); err != nil {
				t.Errorf("fault %d, %d bytes: Create: %v, want success", fault, size, err)
			}
			// The same bytes by another are another's.
			if err := b.Create(t.Context(), "commits/1", body); !errors.Is(err, store.ErrExists) {
				t.Errorf("fault %d, %d bytes: second Create: %v, want ErrExists", fault, size, err)
			}
		}
	}
}

// The negative control: without reading back, the lost answer looks like a lost
// race, and the same work would be committed twice.
func TestWithoutReadingBackALostAnswerLooksLikeALostRace(t *testing.T) {
	server := gcsfake.New("shop")
	server.Fault = func(r gcsfake.Request) gcsfake.Fault {
		if r.N == 1 {
			return gcsfake.EOFAfter
		}
		return gcsfake.None
	}
	serving := httptest.NewServer(server)
	defer serving.Close()
	address := serving.URL + "/upload/storage/v1/b/shop/o?uploadType=media&name=commits/1&ifGenerationMatch=0"
	codes := []int{}
	for range 2 {
		answer, err := http.Post(address, "application/json", strings.NewReader("ours"))
		if err != nil {
			codes = append(codes, 0)
			continue
		}
		answer.Body.Close()
		codes = append(codes, answer.StatusCode)
	}
	if codes[0] != 0 || codes[1] != http.StatusPreconditionFailed {
		t.Errorf("answers %v, want none and then 412 for our own object", codes)
	}
}

func TestTriesAreBounded(t *testing.T) {
	for fault, says := range map[gcsfake.Fault]string{
		gcsfake.Unavailable: "503", gcsfake.TooManyRequests: "429", gcsfake.RequestTimeout: "408", gcsfake.ResetBefore: "reset", gcsfake.Truncated: "",
	} {
		server := gcsfake.New("shop")
		server.Fault = func(gcsfake.Request) gcsfake.Fault { return fault }
		b := openBucket(t, server, store.BucketOptions{Tries: 3})
		_, err := b.Read(t.Context(), "a")
		if err == nil || !strings.HasPrefix(err.Error(), "store: read gs://shop/scores/a: ") || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "run again later") {
			t.Errorf("fault %d: %v, want the object, the cause and what to do", fault, err)
		}
		if server.Requests() != 3 {
			t.Errorf("fault %d: %d requests, want 3", fault, server.Requests())
		}
	}
}

// Chunks that never come through are given up, though the server tells each time
// how much it has.
func TestChunksAreGivenUp(t *testing.T) {
	server := gcsfake.New("shop")
	server.Fault = func(r gcsfake.Request) gcsfake.Fault {
		if r.Method == http.MethodPut && r.N%2 == 0 {
			return gcsfake.Unavailable
		}
		return gcsfake.None
	}
	b := openBucket(t, server, store.BucketOptions{Tries: 4, SingleUpload: 256 << 10})
	err := b.Create(t.Context(), "a", make([]byte, 1<<20))
	if err == nil || !strings.Contains(err.Error(), "503: backend error, 4 times") {
		t.Errorf("Create: %v, want it given up after 4 failures", err)
	}
}

func TestAServerThatNeverAnswersIsGivenUp(t *testing.T) {
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hanging.Close()
	b, err := store.OpenBucket("gs://shop", store.BucketOptions{Endpoint: hanging.URL, Sleep: noSleep, Tries: 2, Attempt: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(t.Context(), "a"); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "2 times") {
		t.Errorf("Read: %v, want it given up after 2 tries", err)
	}
}

func TestWaitsGrowAndAreDrawn(t *testing.T) {
	server := gcsfake.New("shop")
	server.Fault = func(gcsfake.Request) gcsfake.Fault { return gcsfake.Unavailable }
	serving := httptest.NewServer(server)
	defer serving.Close()
	var longest [8]time.Duration
	failures := 0
	b, err := store.OpenBucket("gs://shop", store.BucketOptions{Endpoint: serving.URL, Sleep: func(_ context.Context, d time.Duration) error {
		longest[failures] = max(longest[failures], d)
		failures++
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		failures = 0
		if _, err := b.Read(t.Context(), "a"); err == nil {
			t.Fatal("read from a server that is unavailable")
		}
	}
	for i, bound := 0, 500*time.Millisecond; i < 7; i, bound = i+1, 2*bound {
		if bound = min(bound, 32*time.Second); longest[i] > bound || longest[i] < bound/2 {
			t.Errorf("the longest of 30 waits after %d failures is %v, want close to %v", i+1, longest[i], bound)
		}
	}
}

func TestAReadIsOfOneGeneration(t *testing.T) {
	server := gcsfake.New("shop")
	b := openBucket(t, server, store.BucketOptions{})
	body := func(fill string) []byte { return bytes.Repeat([]byte(fill), 20<<20) }
	if err := b.Replace(t.Context(), "hint", body("a")); err != nil {
		t.Fatal(err)
	}
	var reads atomic.Int32
	server.Fault = func(r gcsfake.Request) gcsfake.Fault {
		if r.Method == http.MethodGet && reads.Add(1) == 2 { // between the two ranges
			other := openBucket(t, server, store.BucketOptions{})
			if err := other.Replace(t.Context(), "hint", body("b")); err != nil {
				t.Error(err)
			}
		}
		return gcsfake.None
	}
	got, err := b.Read(t.Context(), "hint")
	if err != nil || !bytes.Equal(got, body("b")) {
		t.Errorf("read %d bytes, %v, want the new ones whole", len(got), err)
	}
}

func TestBucketErrorsSayWhatToDo(t *testing.T) {
	absent := openBucket(t, gcsfake.New("another"), store.BucketOptions{})
	err := absent.Create(t.Context(), "a", nil)
	if err == nil || !strings.Contains(err.Error(), "create gs://shop/scores/a") || !strings.Contains(err.Error(), "create the bucket") {
		t.Errorf("absent bucket: %v", err)
	}
	if _, err := absent.Read(t.Context(), "a"); err == nil || errors.Is(err, store.ErrNotExist) {
		t.Errorf("read from an absent bucket: %v, want no ErrNotExist", err)
	}
	forbidding := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error": {"code": 403, "message": "runner@shop does not have storage.objects.create access"}}`)
	}))
	defer forbidding.Close()
	b, err := store.OpenBucket("gs://shop/scores", store.BucketOptions{Endpoint: forbidding.URL})
	if err != nil {
		t.Fatal(err)
	}
	err = b.Create(t.Context(), "a", nil)
	if err == nil || !strings.Contains(err.Error(), "does not have storage.objects.create") || !strings.HasSuffix(err.Error(), ")") {
		t.Errorf("403: %v, want what the server said and what to do", err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent/key.json")
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	if _, err := store.Open("gs://shop"); err == nil || !strings.Contains(err.Error(), "set GOOGLE_APPLICATION_CREDENTIALS") {
		t.Errorf("no credentials: %v, want what to do", err)
	}
}

func TestTheEmulatorIsUsed(t *testing.T) {
	serving := httptest.NewServer(gcsfake.New("shop"))
	defer serving.Close()
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(serving.URL, "http://"))
	st, err := store.Open("gs://shop/scores/")
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Create(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	read, err := store.OpenToRead("gs://shop/scores")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := read.Read(t.Context(), "a"); string(body) != "x" || err != nil {
		t.Errorf("Read = %q, %v", body, err)
	}
	if err := read.Create(t.Context(), "b", nil); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Create: %v, want ErrReadOnly", err)
	}
}

// TestRealBucket runs the battery in gs://$PERENNIAL_TEST_BUCKET, below a prefix
// of its own, and deletes what it made.
func TestRealBucket(t *testing.T) {
	bucket := os.Getenv("PERENNIAL_TEST_BUCKET")
	if bucket == "" {
		t.Skip("set PERENNIAL_TEST_BUCKET to the name of a bucket, and credentials, to run against the real service")
	}
	number := 0
	storetest.RunKeeper(t, func(t *testing.T) store.Keeper {
		number++
		b, err := store.OpenBucket(fmt.Sprintf("gs://%s/perennial-test/%d-%d", bucket, os.Getpid(), number), store.BucketOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			for object, err := range b.List(context.Background(), "") {
				if err == nil {
					err = b.Delete(context.Background(), object.Key)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		return b
	})
}
