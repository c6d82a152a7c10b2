package store

import (
	"errors"
	"fmt"
	"strings"
)

// Open opens the store at location: a folder, which is created if absent, or
// gs://bucket/prefix.
func Open(location string) (Keeper, error) {
	bucket, err := isBucket(location)
	if err != nil {
		return nil, err
	}
	if bucket {
		return asKeeper(OpenBucket(location, BucketOptions{}))
	}
	return asKeeper(OpenFolder(location))
}

// OpenToRead opens the store at location for reading. A folder must exist.
func OpenToRead(location string) (Keeper, error) {
	bucket, err := isBucket(location)
	if err != nil {
		return nil, err
	}
	if bucket {
		return asKeeper(OpenBucket(location, BucketOptions{ReadOnly: true}))
	}
	return asKeeper(ReadFolder(location))
}

// asKeeper keeps a nil pointer from becoming a Keeper that is not nil.
func asKeeper[K Keeper](k K, err error) (Keeper, error) {
	if err != nil {
		return nil, err
	}
	return k, nil
}

// isBucket tells gs:// from a folder and refuses what is neither.
func isBucket(location string) (bool, error) {
	if location == "" {
		return false, errors.New("store: no location (set store: to a folder, such as ./out, or to gs://bucket/prefix)")
	}
	scheme, _, found := strings.Cut(location, "://")
	if found && scheme+"://" != bucketScheme {
		return false, fmt.Errorf("store: open %s: %s:// is no kind of store (set store: to a folder, such as ./out, or to gs://bucket/prefix)", location, scheme)
	}
	return found, nil
}
