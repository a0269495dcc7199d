// The words that the audit log has for what was done, or refused: one vocabulary, for the lines that are written, for
// the table of operators' commands, and for those who look for lines.
#pragma once
#include <string_view>

namespace salond {

/// What a line of the audit log is about.
struct audit_word {
  std::string_view text;
};

/// All of them. A word that was written once keeps its meaning: old lines are never rewritten.
namespace audited {

// accounts
inline constexpr audit_word add_user{"add_user"}, rename_user{"rename_user"}, set_password{"set_password"},
    change_password{"change_password"}, ///< by the user himself
    set_role{"set_role"}, disable_user{"disable_user"}, enable_user{"enable_user"}, import_users{"users import"},
    export_user{"export"}, erase{"erase"}, end_departure{"departure"}, end_session{"session end"},
    login_failures{"login_failures"};

// accounts that wait for an administrator, and invitations
inline constexpr audit_word accept_registration{"accept_registration"}, reject_registration{"reject_registration"},
    accept_registrations{"accept_registrations"}, reject_registrations{"reject_registrations"},
    create_invitation{"create_invitation"}, revoke_invitation{"revoke_invitation"}, use_invitation{"use_invitation"};

// who is out
inline constexpr audit_word kick{"kick"}, ban{"ban"}, ban_name{"ban_name"}, ban_address{"ban_address"}, unban{"unban"},
    unban_address{"unban_address"};

// salons, who belongs to them, and what is said there
inline constexpr audit_word create_salon{"create_salon"}, set_policy{"set_policy"}, set_topic{"set_topic"},
    rename_salon{"rename_salon"}, set_retention{"set_retention"}, remove_old_messages{"retention"},
    archive_salon{"archive_salon"}, restore_salon{"restore_salon"}, export_salon{"salon export"}, accept{"accept"},
    reject{"reject"}, admit{"admit"}, dismiss{"dismiss"}, delete_message{"delete_message"};

/// Of these, what they are about is a salon, which may be called as a user is.
inline constexpr audit_word about_salons[] = {create_salon,  set_policy,          set_topic,     rename_salon,
                                              set_retention, remove_old_messages, archive_salon, restore_salon,
                                              export_salon};

// the node
inline constexpr audit_word announce{"announce"}, kill{"kill"}, reload{"reload"}, backup{"backup"},
    issue_certificate{"cert issue"}, revoke_certificates{"cert revoke"}, add_node{"node add"},
    remove_node{"node remove"}, drain_node{"node drain"}, refused_commands{"refused commands"};

} // namespace audited
} // namespace salond
