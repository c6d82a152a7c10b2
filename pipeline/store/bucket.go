package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// bucketScheme begins the locations of Google Cloud Storage.
const bucketScheme = "gs://"

var _ Keeper = (*Bucket)(nil)

// Bucket is a Keeper in a bucket of Google Cloud Storage, or in the part of it
// below a prefix. Its create-if-absent is a write on condition of generation 0.
//
// It speaks the JSON API itself: what may be tried again, and what an answer
// that was lost means, is decided here and nowhere below.
type Bucket struct {
	name     string
	prefix   string // empty, or ends with a slash
	readOnly bool
	api      api
}

// BucketOptions are for tests and for buckets elsewhere; the zero value works.
type BucketOptions struct {
	// Endpoint is where the API is served. Default: STORAGE_EMULATOR_HOST, or
	// https://storage.googleapis.com.
	Endpoint string

	// Client sends the requests. Default: one with the credentials that
	// GOOGLE_APPLICATION_CREDENTIALS names, or those of the machine; one without
	// if Endpoint is set.
	Client *http.Client

	// ReadOnly has every write refused with ErrReadOnly.
	ReadOnly bool

	// Tries is how often a request is sent at most. Default 8.
	Tries int

	// Sleep waits between tries. Default: the time that it is given.
	Sleep func(ctx context.Context, d time.Duration) error

	// Attempt bounds one request with its answer. Default two minutes.
	Attempt time.Duration

	// SingleUpload is the largest object in bytes that is sent in one request;
	// the rest go in chunks of this size, and resume where they broke off. A
	// multiple of 256 KiB, default 8 MiB.
	SingleUpload int
}

// OpenBucket opens gs://bucket/prefix. It sends nothing yet.
func OpenBucket(location string, options BucketOptions) (*Bucket, error) {
	name, prefix, err := parseBucket(location)
	if err != nil {
		return nil, err
	}
	api, err := newAPI(options)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", location, err)
	}
	return &Bucket{name: name, prefix: prefix, readOnly: options.ReadOnly, api: api}, nil
}

// parseBucket takes gs://bucket/prefix apart.
func parseBucket(location string) (name, prefix string, err error) {
	name, prefix, _ = strings.Cut(strings.TrimPrefix(location, bucketScheme), "/")
	prefix = strings.TrimSuffix(prefix, "/")
	if name == "" || strings.ContainsAny(name, "?#%\\ ") {
		return "", "", fmt.Errorf("store: open %s: no name of a bucket (write gs://bucket/prefix)", location)
	}
	if prefix == "" {
		return name, "", nil
	}
	if err := CheckKey(prefix); err != nil {
		return "", "", fmt.Errorf("store: open %s: %w", location, err)
	}
	return name, prefix + "/", nil
}

// Close releases idle connections.
func (b *Bucket) Close() error {
	b.api.client.CloseIdleConnections()
	return nil
}

// Create implements Store.
func (b *Bucket) Create(ctx context.Context, key string, body []byte) error {
	if err := b.writable(ctx, "create", key); err != nil {
		return err
	}
	_, err := b.put(ctx, key, Absent, body)
	if errors.Is(err, errCondition) {
		err = ErrExists
	}
	return b.failed("create", key, err)
}

// Replace implements Store.
func (b *Bucket) Replace(ctx context.Context, key string, body []byte) error {
	if err := b.writable(ctx, "replace", key); err != nil {
		return err
	}
	_, err := b.put(ctx, key, anything, body)
	return b.failed("replace", key, err)
}

// ReplaceIf implements Keeper. It looks first: an object that changed long ago is
// then told from one that changed while an answer was lost.
func (b *Bucket) ReplaceIf(ctx context.Context, key string, tag Tag, body []byte) (Tag, error) {
	if err := b.writable(ctx, "replace", key); err != nil {
		return Absent, err
	}
	if err := b.has(ctx, key, tag); err != nil {
		return Absent, b.failed("replace", key, err)
	}
	written, err := b.put(ctx, key, tag, body)
	if errors.Is(err, errCondition) {
		err = ErrChanged
	}
	return written, b.failed("replace", key, err)
}

// Read implements Store.
func (b *Bucket) Read(ctx context.Context, key string) ([]byte, error) {
	body, _, err := b.ReadTagged(ctx, key)
	return body, err
}

// ReadTagged implements Keeper. The bytes are of one generation and have its
// checksum.
func (b *Bucket) ReadTagged(ctx context.Context, key string) ([]byte, Tag, error) {
	if err := ready(ctx, "read", key); err != nil {
		return nil, Absent, err
	}
	var whole memory
	tag, err := b.download(ctx, key, &whole)
	if err != nil {
		return nil, Absent, b.failed("read", key, err)
	}
	return whole.Bytes(), tag, nil
}

// ReadRange implements Store.
func (b *Bucket) ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	if err := ready(ctx, "read", key); err != nil {
		return nil, err
	}
	body, err := b.readRange(ctx, key, offset, length)
	return body, b.failed("read", key, err)
}

// Delete implements Keeper.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := b.writable(ctx, "delete", key); err != nil {
		return err
	}
	_, _, err := b.api.do(ctx, request{method: http.MethodDelete, url: b.url(key, nil)})
	if errors.Is(err, ErrNotExist) {
		err = nil
	}
	return b.failed("delete", key, err)
}

// DeleteIf implements Keeper. It looks first: that an object is gone after an
// answer was lost means success only if it was there.
func (b *Bucket) DeleteIf(ctx context.Context, key string, tag Tag) error {
	if err := b.writable(ctx, "delete", key); err != nil {
		return err
	}
	if err := b.has(ctx, key, tag); err != nil {
		return b.failed("delete", key, err)
	}
	_, tries, err := b.api.do(ctx, request{method: http.MethodDelete, url: b.url(key, url.Values{"ifGenerationMatch": {string(tag)}})})
	switch {
	case errors.Is(err, ErrNotExist) && tries > 1:
		err = nil // by our own try whose answer was lost
	case errors.Is(err, errCondition), errors.Is(err, ErrNotExist):
		err = ErrChanged
	}
	return b.failed("delete", key, err)
}

// has returns ErrChanged unless the object has tag.
func (b *Bucket) has(ctx context.Context, key string, tag Tag) error {
	found, err := b.stat(ctx, key)
	if err != nil && !errors.Is(err, ErrNotExist) {
		return err
	}
	if found.Generation != string(tag) {
		return ErrChanged
	}
	return nil
}

// List implements Keeper. Objects whose names are no keys are left out.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for found, err := range b.resources(ctx, b.prefix+prefix) {
			if err != nil {
				yield(Object{}, b.failed("list", prefix, err))
				return
			}
			key := strings.TrimPrefix(found.Name, b.prefix)
			if CheckKey(key) == nil && !yield(Object{Key: key, Size: found.Size, Modified: found.Updated}, nil) {
				return
			}
		}
	}
}

// listPage is how many objects are asked for at a time: the most there are.
const listPage = "1000"

// resources yields what the API tells of the objects whose names begin with a
// prefix, in the order of names.
func (b *Bucket) resources(ctx context.Context, prefix string) iter.Seq2[resource, error] {
	return func(yield func(resource, error) bool) {
		query := url.Values{"prefix": {prefix}, "maxResults": {listPage}, "fields": {"items(name,size,updated,generation,crc32c),nextPageToken"}}
		for {
			items, next, err := b.page(ctx, query)
			if err != nil {
				yield(resource{}, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			query.Set("pageToken", next)
		}
	}
}

func (b *Bucket) page(ctx context.Context, query url.Values) (items []resource, next string, err error) {
	body, _, err := b.api.do(ctx, request{method: http.MethodGet, url: b.api.endpoint + "/storage/v1/b/" + url.PathEscape(b.name) + "/o?" + query.Encode()})
	if err != nil {
		return nil, "", err
	}
	var page struct {
		Items         []resource
		NextPageToken string
	}
	if err := json.Unmarshal(body.bytes, &page); err != nil {
		return nil, "", err
	}
	return page.Items, page.NextPageToken, nil
}

// resource is what the API tells of an object.
type resource struct {
	Name       string            `json:"name"`
	Generation string            `json:"generation"`
	CRC32C     string            `json:"crc32c"`
	Size       int64             `json:"size,string"`
	Updated    time.Time         `json:"updated"`
	Metadata   map[string]string `json:"metadata"`
}

// stat returns what the API tells of the object, or ErrNotExist.
func (b *Bucket) stat(ctx context.Context, key string) (found resource, err error) {
	body, _, err := b.api.do(ctx, request{method: http.MethodGet, url: b.url(key, nil)})
	if err != nil {
		return resource{}, err
	}
	err = json.Unmarshal(body.bytes, &found)
	return found, err
}

// url returns where the API has the object.
func (b *Bucket) url(key string, query url.Values) string {
	address := b.api.endpoint + "/storage/v1/b/" + url.PathEscape(b.name) + "/o/" + url.PathEscape(b.prefix+key)
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// writable returns why a write cannot begin.
func (b *Bucket) writable(ctx context.Context, operation, key string) error {
	if err := ready(ctx, operation, key); err != nil {
		return err
	}
	if b.readOnly {
		return fmt.Errorf("store: %s %s: %w", operation, b.location(key), ErrReadOnly)
	}
	return nil
}

func (b *Bucket) location(key string) string { return bucketScheme + b.name + "/" + b.prefix + key }

// failed names the operation and the object of an error.
func (b *Bucket) failed(operation, key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store: %s %s: %w", operation, b.location(key), withBucketHint(err))
}
