// Package hostlab makes several hosts on one machine, for tests of what runs on several
// hosts. It needs root and programs of Debian's packages; Missing says what is not there.
//
// A host is a network, UTS and mount namespace, and a time namespace if its clock is to
// differ, held by one process that waits. It has the address 10.77.0.10 and up. All hosts
// hang on one switch in this process, which holds every frame for a time, because not every
// kernel can delay packets. Nothing of it is seen outside the namespaces, and all of it
// vanishes with this process, however that ends.
//
// The file system is shared, except for the folder Temp, in which each host has files of
// its own. Programs on a host have it as their folder for temporary files.
package hostlab
