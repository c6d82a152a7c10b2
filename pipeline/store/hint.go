package store

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"syscall"
)

// withHint adds what to do to an error of the file system that a person can mend.
func withHint(err error) error {
	hint := ""
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "free or add disk space, then run again: nothing half-written is visible"
	case errors.Is(err, syscall.EROFS):
		hint = "the disk is mounted read-only: remount it, or set store: to another folder"
	case errors.Is(err, fs.ErrPermission):
		hint = "give this user access to the store's folder, or set store: to another one"
	case errors.Is(err, syscall.ENOTDIR):
		hint = "a file stands where a folder is needed: move it, or set store: to another folder"
	case errors.Is(err, syscall.EIO):
		hint = "the disk failed: check it before running again"
	case errors.Is(err, fs.ErrNotExist):
		hint = "check store: in the configuration, or run a night first"
	default:
		return err
	}
	return fmt.Errorf("%w (%s)", err, hint)
}

const credentialsHint = "set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account's key, or run gcloud auth application-default login"

// withBucketHint adds what to do to an error of a bucket that a person can mend.
func withBucketHint(err error) error {
	hint := ""
	var status *StatusError
	switch {
	case errors.Is(err, errNoBucket):
		hint = "check the name in store:, or create the bucket"
	case errors.As(err, &status) && status.Code == http.StatusUnauthorized:
		hint = credentialsHint
	case errors.As(err, &status) && status.Code == http.StatusForbidden:
		hint = "grant this account storage.objects.create and .get on the bucket; CURRENT.json, leases and gc need .delete, listing .list"
	case transient(err):
		hint = "the bucket or the network failed each time: run again later"
	default:
		return err
	}
	return fmt.Errorf("%w (%s)", err, hint)
}
