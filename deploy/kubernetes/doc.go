// Package kubernetes holds what Assay needs on Kubernetes: manifests, and ways to make
// images. It has no code of its own; its tests check what the manifests promise.
package kubernetes
