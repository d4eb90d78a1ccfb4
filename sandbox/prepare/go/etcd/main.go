// The etcd server, built from its module: the module's own main package lies in
// a repository root that the module registry does not serve.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
