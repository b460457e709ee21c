// Names in C and C++.
#include "compiler/Names/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlc;
using llvm::StringRef;

/// The keywords of C23 and C++20.
static constexpr llvm::StringLiteral kKeywords =
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t "
    "char32_t char8_t class co_await co_return co_yield compl concept const const_cast "
    "consteval constexpr constinit continue decltype default delete do double dynamic_cast "
    "else enum explicit export extern false float for friend goto if inline int long mutable "
    "namespace new noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof static "
    "static_assert static_cast struct switch template this thread_local throw true try "
    "typedef typeid typename typeof typeof_unqual union unsigned using virtual void volatile "
    "wchar_t while xor xor_eq ";

/// Macros with letters in lower case that headers of the C library or compilers define.
static constexpr llvm::StringLiteral kMacros =
    "AF_DECnet PF_DECnet ARPOP_InREPLY ARPOP_InREQUEST L_ctermid L_cuserid L_tmpnam P_tmpdir "
    "La_x32_regs La_x32_retval SHT_GNU_verdef SHT_GNU_verneed SHT_GNU_versym SHT_SUNW_move "
    "arp_hln arp_hrd arp_op arp_pln arp_pro b64_ntop b64_pton basename complex d_fileno "
    "dn_count_labels errno fp_nquery fp_query fp_resstat h_addr h_errno hostalias "
    "icmp6_data16 icmp6_data32 icmp6_data8 icmp6_id icmp6_maxdelay icmp6_mtu icmp6_pptr "
    "icmp6_seq icmp_data icmp_gwaddr icmp_id icmp_ip icmp_lifetime icmp_mask icmp_nextmtu "
    "icmp_num_addrs icmp_otime icmp_pmvoid icmp_pptr icmp_radv icmp_rtime icmp_seq "
    "icmp_ttime icmp_void icmp_wpa ifa_broadaddr ifa_dstaddr ifc_buf ifc_req ifr_addr "
    "ifr_bandwidth ifr_broadaddr ifr_data ifr_dstaddr ifr_flags ifr_hwaddr ifr_ifindex "
    "ifr_map ifr_metric ifr_mtu ifr_name ifr_netmask ifr_newname ifr_qlen ifr_slave "
    "imaginary ip6_flow ip6_hlim ip6_hops ip6_nxt ip6_plen ip6_vfc linux loc_aton loc_ntoa "
    "math_errhandling mld_cksum mld_code mld_maxdelay mld_reserved mld_type nd_na_cksum "
    "nd_na_code nd_na_flags_reserved nd_na_type nd_ns_cksum nd_ns_code nd_ns_reserved "
    "nd_ns_type nd_ra_cksum nd_ra_code nd_ra_curhoplimit nd_ra_flags_reserved "
    "nd_ra_router_lifetime nd_ra_type nd_rd_cksum nd_rd_code nd_rd_reserved nd_rd_type "
    "nd_rs_cksum nd_rs_code nd_rs_reserved nd_rs_type no_argument noreturn nsaddr "
    "optional_argument p_cdname p_cdnname p_class p_fqname p_fqnname p_option p_query "
    "p_rcode p_time p_type putlong putshort required_argument rr_cksum rr_code rr_seqnum "
    "rr_type s6_addr s6_addr16 s6_addr32 sa_handler sa_sigaction sched_priority si_addr "
    "si_addr_lsb si_arch si_band si_call_addr si_fd si_int si_lower si_overrun si_pid "
    "si_pkey si_ptr si_status si_stime si_syscall si_timerid si_uid si_upper si_utime "
    "si_value sigev_notify_attributes sigev_notify_function st_atime st_ctime st_mtime "
    "stderr stdin stdout sym_ntop sym_ntos sym_ston unix ut_addr ut_name ut_time ut_xtime "
    "arm cdecl far fortran huge hpux i386 interface mips near pascal pixel powerpc sparc sun "
    "vax vector assert major makedev minor offsetof setjmp unreachable kill_dependency "
    "assert_perror ";

/// What else headers declare that is no symbol of the C library: types, inline functions, macros
/// with parameters.
static constexpr llvm::StringLiteral kDeclared =
    "fprintf_unlocked gamma_r gammaf_r gammal_r printf_unlocked puts_unlocked "
    "std fd_mask fd_set jmp_buf sigjmp_buf uint ulong ushort u_char u_int u_long u_short "
    "va_list nl_catd nl_item preorder postorder endorder leaf stat fstat lstat fstatat mknod "
    "mknodat atexit at_quick_exit be16toh be32toh be64toh htobe16 htobe32 htobe64 htole16 "
    "htole32 htole64 le16toh le32toh le64toh alloca strdupa strndupa howmany powerof2 isset "
    "isclr setbit clrbit toascii fpclassify isfinite isgreater isgreaterequal isinf isless "
    "islessequal islessgreater isnan isnormal isunordered signbit iscanonical iseqsig "
    "issignaling issubnormal iszero carg cimag conj cproj creal timeradd timerclear timercmp "
    "timerisset timersub sigmask sigsetjmp FILE DIR FTS FTSENT ENTRY ACTION VISIT ";

static llvm::StringSet<> setOf(StringRef words) {
  llvm::SmallVector<StringRef> list;
  words.split(list, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  llvm::StringSet<> set;
  set.insert_range(list);
  return set;
}

static bool isKeyword(StringRef name) {
  static const llvm::StringSet<> keywords = setOf(kKeywords);
  return keywords.contains(name);
}
static bool isMacro(StringRef name) {
  static const llvm::StringSet<> macros = setOf(kMacros);
  return macros.contains(name);
}
static bool isDeclared(StringRef name) {
  static const llvm::StringSet<> declared = setOf(kDeclared);
  return declared.contains(name);
}

static bool hasLowerCase(StringRef name) { return llvm::any_of(name, llvm::isLower); }
static bool isReserved(StringRef name) { return name.starts_with("_") || name.contains("__"); }

bool mlc::isCIdentifier(StringRef name) {
  auto isPart = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  return !name.empty() && !llvm::isDigit(name.front()) && llvm::all_of(name, isPart) &&
         !isKeyword(name);
}

std::string mlc::toCIdentifier(StringRef name) {
  std::string result;
  for (char c : name)
    result += llvm::isAlnum(c) ? c : '_';
  if (result.empty() || llvm::isDigit(result.front()))
    result = "arg" + result;
  return isKeyword(result) ? result + "_" : result;
}

llvm::ArrayRef<llvm::StringLiteral> mlc::commonFunctions() {
  static constexpr llvm::StringLiteral kFunctions[] = {"create",
                                                       "share",
                                                       "destroy",
                                                       "last_error",
                                                       "save",
                                                       "load",
                                                       "workspace_bytes",
                                                       "get_parameter",
                                                       "set_parameter",
                                                       "get_hyperparameter",
                                                       "set_hyperparameter",
                                                       "get_step",
                                                       "get_entry_step",
                                                       "reset"};
  return kFunctions;
}

std::string mlc::cFunctionName(StringRef model, StringRef function) {
  return (model + "_" + function).str();
}

std::string mlc::whyNoCFunction(StringRef symbol) {
  // Kept whole, since future versions of the standards may add to them.
  for (StringRef family : {"aio", "atomic", "cnd", "lio", "mq", "mtx", "posix", "pthread", "sched",
                           "sem", "stdc", "thrd", "tss", "va", "obstack"})
    if (symbol.starts_with((family + "_").str()))
      return ("C and POSIX keep the names that begin with " + family + "_").str();
  if (isReserved(symbol))
    return "C and C++ keep the names that begin with an underscore or have two in a row";
  bool isMathConstant = symbol.size() > 2 && symbol.starts_with("M_") && !llvm::isLower(symbol[2]);
  if (!hasLowerCase(symbol) || isMathConstant) // M_PIf
    return "names like this one are macros in C";
  if (isMacro(symbol) || isDeclared(symbol) || isKeyword(symbol))
    return "headers of the C library define this name";
  if (isInCLibrary(symbol))
    return "the C library has a function of this name";
  return "";
}

/// `mlc_` and the name. Between underscores nothing is written as 0, and 0 to the power of n as n +
/// 1 zeros: no two underscores meet, and no two names become one.
static std::string escaped(StringRef name) {
  llvm::SmallVector<StringRef> pieces;
  name.split(pieces, '_');
  std::string result = "mlc";
  for (StringRef piece : pieces)
    result += "_" + piece.str() + (llvm::all_of(piece, [](char c) { return c == '0'; }) ? "0" : "");
  return result;
}

/// Whether the name is in lower case but for a first letter, as in Net, or letters further inside:
/// no macro but those that we know, and no type of <elf.h>.
static bool isCasedLikeNoMacro(StringRef name) {
  return llvm::isLower(name.front()) || (name.size() > 1 && llvm::isLower(name[1]) &&
                                         !name.starts_with("Elf") && !name.starts_with("La_"));
}

bool mlc::isCTypeUnlessMacro(StringRef model) {
  return !isCasedLikeNoMacro(model) && !isReserved(model) && !isDeclared(model) &&
         !isInCLibrary(model) && !model.starts_with("Elf") && !model.starts_with("La_");
}

std::string mlc::cTypeName(StringRef model) {
  bool isPlain = isCasedLikeNoMacro(model) && !isReserved(model) && !isKeyword(model) &&
                 !isMacro(model) && !isDeclared(model) && !isInCLibrary(model);
  return isPlain ? model.str() : escaped(model);
}

std::string mlc::cParameterName(StringRef name) {
  bool isPlain = llvm::none_of(name, llvm::isUpper) && !isReserved(name) && !isKeyword(name) &&
                 !isMacro(name) && !name.ends_with("_t") && !name.starts_with("mlc_");
  return isPlain ? name.str() : escaped(name);
}
