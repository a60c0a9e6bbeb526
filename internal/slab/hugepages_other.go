//go:build !linux

package slab

func hugePages[T any]([]T) {}
