package store

import (
	"fmt"
	"strings"
)

// maxKey is the longest key in bytes: object stores end at 1,024, folders at
// about 4,096 for the whole path.
const maxKey = 512

// CheckKey returns an error unless key is a relative path of parts in
// [A-Za-z0-9-_.], separated by single slashes, none beginning with a dot. Such a
// key cannot leave the store. Keys that differ in case alone are one file on
// some disks: mint them in lower case.
func CheckKey(key string) error {
	if len(key) > maxKey {
		return fmt.Errorf("store: key %.40q…: longer than %d bytes", key, maxKey)
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part[0] == '.' {
			return fmt.Errorf("store: key %q: a part is empty or begins with a dot", key)
		}
		for i := range len(part) {
			if !keyByte(part[i]) {
				return fmt.Errorf("store: key %q: %q is not one of A-Z a-z 0-9 - _ . /", key, part[i])
			}
		}
	}
	return nil
}

func keyByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}
