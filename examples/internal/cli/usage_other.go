//go:build !unix

package cli

func usedResources() resources { return resources{} }
