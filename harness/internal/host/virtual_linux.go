package host

import (
	"cmp"
	"path/filepath"
	"strings"
)

// virtualisation names the virtual machine in which a system runs, whose files are below
// root. It is empty on bare metal.
//
// On x86 a flag of the CPU tells. Other CPUs have no such flag: there the system names its
// hypervisor, or the device tree or the maker of the machine says that it is virtual.
func virtualisation(root string) string {
	at := func(path string) string { return strings.Trim(read(filepath.Join(root, path)), "\x00") }
	cpu, product := at("proc/cpuinfo"), at("sys/class/dmi/id/product_name")
	virtual := cmp.Or(product, "virtual machine")
	switch {
	case strings.Contains(cpu, " hypervisor"):
		return virtual
	case strings.Contains(cpu, "\nflags"): // x86
		return ""
	case at("sys/hypervisor/type") != "", at("proc/device-tree/hypervisor/compatible") != "":
		return virtual
	case strings.Contains(at("proc/device-tree/compatible"), "linux,dummy-virt"): // of QEMU and Firecracker
		return virtual
	case strings.Contains(product, ".metal"): // a whole machine that a cloud lets
		return ""
	}
	for _, m := range virtualMakers {
		if strings.HasPrefix(at("sys/class/dmi/id/sys_vendor"), m.vendor) && strings.Contains(product, m.product) {
			return virtual
		}
	}
	return ""
}

// virtualMakers are the vendors in the firmware's tables of virtual machines. Of a vendor that
// makes real machines too, the product has to say that it is virtual.
var virtualMakers = []struct{ vendor, product string }{
	{vendor: "QEMU"}, {vendor: "KVM"}, {vendor: "KubeVirt"}, {vendor: "OpenStack"}, {vendor: "Xen"}, {vendor: "VMware"}, {vendor: "innotek GmbH"},
	{vendor: "Parallels"}, {vendor: "Amazon EC2"}, {vendor: "Alibaba Cloud"}, {vendor: "Hetzner", product: "vServer"},
	{vendor: "Google", product: "Google Compute Engine"}, {vendor: "Microsoft Corporation", product: "Virtual Machine"},
	{vendor: "Apple", product: "Virtualization"}, {vendor: "Oracle", product: "Virtual"},
}
