package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// api sends requests to Google Cloud Storage's JSON API.
type api struct {
	endpoint     string
	client       *http.Client
	tries        int
	sleep        func(ctx context.Context, d time.Duration) error
	attempt      time.Duration
	singleUpload int
}

// Defaults of BucketOptions. With 8 tries the waits add up to a minute at most
// and half of that on average, which a bucket's hiccups seldom exceed.
const (
	defaultEndpoint     = "https://storage.googleapis.com"
	defaultTries        = 8
	defaultAttempt      = 2 * time.Minute
	defaultSingleUpload = 8 << 20
	firstWait           = 500 * time.Millisecond
	longestPause        = 32 * time.Second
	scope               = "https://www.googleapis.com/auth/devstorage.read_write"
	connections         = 16 // kept open: parts are sent in parallel
)

func newAPI(o BucketOptions) (api, error) {
	endpoint := o.Endpoint
	if host := os.Getenv("STORAGE_EMULATOR_HOST"); endpoint == "" && host != "" {
		endpoint = host
		if !strings.Contains(host, "://") {
			endpoint = "http://" + host
		}
	}
	client := o.Client
	if client == nil {
		base := http.DefaultTransport.(*http.Transport).Clone()
		base.MaxIdleConnsPerHost = connections
		client = &http.Client{Transport: base}
		if endpoint == "" {
			credentials, err := google.FindDefaultCredentials(context.Background(), scope)
			if err != nil {
				return api{}, fmt.Errorf("%w (%s)", err, credentialsHint)
			}
			client.Transport = &oauth2.Transport{Source: credentials.TokenSource, Base: base}
		}
	}
	a := api{
		endpoint: strings.TrimSuffix(cmp.Or(endpoint, defaultEndpoint), "/"), client: client,
		tries: cmp.Or(o.Tries, defaultTries), sleep: o.Sleep,
		attempt:      cmp.Or(o.Attempt, defaultAttempt),
		singleUpload: cmp.Or(o.SingleUpload, defaultSingleUpload),
	}
	if a.sleep == nil {
		a.sleep = sleep
	}
	return a, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

type request struct {
	method, url string
	header      http.Header
	body        []byte
}

type answer struct {
	code   int
	header http.Header
	bytes  []byte
}

// do sends a request until it is answered for good, and returns how many times
// it was sent. After more than once, an earlier one may have taken effect.
func (a api) do(ctx context.Context, r request) (got answer, tries int, err error) {
	for tries = 1; ; tries++ {
		got, err = a.once(ctx, r)
		if err == nil || !transient(err) {
			return got, tries, err
		}
		if err := a.wait(ctx, tries, err); err != nil {
			return answer{}, tries, err
		}
	}
}

// wait sleeps before another try after so many failures, the last of them with
// err: a time drawn from zero to a bound that doubles, so that many writers do
// not come back together. It returns err when there were enough.
func (a api) wait(ctx context.Context, failures int, err error) error {
	if failures >= a.tries {
		return fmt.Errorf("%w, %d times", err, failures)
	}
	bound := min(firstWait<<(failures-1), longestPause)
	if ended := a.sleep(ctx, rand.N(bound)); ended != nil {
		return fmt.Errorf("%w, then %w", err, ended)
	}
	return nil
}

// once sends a request and reads the answer whole.
func (a api) once(ctx context.Context, r request) (answer, error) {
	attempt, cancel := context.WithTimeout(ctx, a.attempt)
	defer cancel()
	sent, err := http.NewRequestWithContext(attempt, r.method, r.url, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	for name, values := range r.header {
		sent.Header[name] = values
	}
	got, err := a.client.Do(sent)
	if err != nil {
		return answer{}, lost(ctx, err)
	}
	body, err := io.ReadAll(got.Body)
	if err = errors.Join(err, got.Body.Close()); err != nil {
		return answer{}, lost(ctx, err)
	}
	if got.StatusCode >= http.StatusBadRequest {
		return answer{}, refused(got.StatusCode, body)
	}
	return answer{got.StatusCode, got.Header, body}, nil
}

// lost classes an error of the connection. All of them are worth another try but
// the caller's own end and credentials that the server will not have.
func lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var token *oauth2.RetrieveError
	if errors.As(err, &token) && token.Response != nil && !passing(token.Response.StatusCode) {
		return fmt.Errorf("%w (%s)", err, credentialsHint)
	}
	return &transientError{err}
}

// transientError is an answer that another try may change. Whether the request
// took effect is not known.
type transientError struct{ cause error }

func (e *transientError) Error() string { return e.cause.Error() }
func (e *transientError) Unwrap() error { return e.cause }

func transient(err error) bool {
	var passing *transientError
	return errors.As(err, &passing)
}

// StatusError is a refusal of the bucket's server.
type StatusError struct {
	Code    int // of HTTP
	Message string
}

func (e *StatusError) Error() string { return fmt.Sprintf("HTTP %d: %s", e.Code, e.Message) }

// passing reports whether a refusal may not last.
func passing(code int) bool {
	return code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= http.StatusInternalServerError
}

// errBehindEnd: the range begins where the object ends, or after.
var errBehindEnd = errors.New("the range is behind the end")

// errNoBucket: it is not an object that is absent.
var errNoBucket = errors.New("no such bucket")

// refused classes an answer that is an error.
func refused(code int, body []byte) error {
	var told struct{ Error struct{ Message string } }
	message := strings.TrimSpace(string(body[:min(len(body), 200)]))
	if json.Unmarshal(body, &told) == nil && told.Error.Message != "" {
		message = told.Error.Message
	}
	err := &StatusError{code, message}
	switch {
	case passing(code):
		return &transientError{err}
	case code == http.StatusPreconditionFailed:
		return errCondition
	case code == http.StatusRequestedRangeNotSatisfiable:
		return errBehindEnd
	case code == http.StatusNotFound && strings.Contains(message, "bucket does not exist"):
		return fmt.Errorf("%w: %w", errNoBucket, err)
	case code == http.StatusNotFound:
		return ErrNotExist
	}
	return err
}
